"""Networks that a lesson has taught in full; later lessons import them from here.

Shape letters: B pictures in a batch, C, H, W channels, height, width.
"""

import torch
from torch import nn

from helpers import ROOT
from helpers.messages import bad
from helpers.variational import Pass, draw

WEIGHTS = ROOT / "helpers" / "weights"  # trained networks: NAME.safetensors, float16


def load_weights(name):
    """The trained parameters `name`, such as "01_autoencoder": a state dict, float32 on the CPU.

    A study has trained them (docs/studies says how); load_state_dict() takes them. Raises
    ValueError, naming those there are, for another name.
    """
    from safetensors.torch import load_file

    path = WEIGHTS / f"{name}.safetensors"
    if not path.is_file():
        there = sorted(path.stem for path in WEIGHTS.glob("*.safetensors"))
        raise bad("name", repr(name), ", ".join(there))
    return {key: value.float() for key, value in load_file(path).items()}


class Autoencoder(nn.Module):
    """Lesson 01's convolutional autoencoder: (B, 3, H, W) in [0, 1] -> the same, H, W in 8s.

    The code is (B, 128, H/8, W/8): for 64x64 pictures 8,192 numbers. 186,371 parameters.
    channels: of the code, in place of 128; 8 make a code of 512 numbers.
    """

    def __init__(self, channels=128):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(3, 32, kernel_size=3, padding=1),  # (B, 3, 64, 64) -> (B, 32, 64, 64)
            nn.ReLU(),
            nn.MaxPool2d(2),  # -> (B, 32, 32, 32)
            nn.Conv2d(32, 64, kernel_size=3, padding=1),  # -> (B, 64, 32, 32)
            nn.ReLU(),
            nn.MaxPool2d(2),  # -> (B, 64, 16, 16)
            nn.Conv2d(64, channels, kernel_size=3, padding=1),  # -> (B, 128, 16, 16)
            nn.ReLU(),
            nn.MaxPool2d(2),  # -> (B, 128, 8, 8)
        )
        up = dict(kernel_size=3, stride=2, padding=1, output_padding=1)  # doubles H and W
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(channels, 64, **up),  # (B, 128, 8, 8) -> (B, 64, 16, 16)
            nn.ReLU(),
            nn.ConvTranspose2d(64, 32, **up),  # -> (B, 32, 32, 32)
            nn.ReLU(),
            nn.ConvTranspose2d(32, 3, **up),  # -> (B, 3, 64, 64)
            nn.Sigmoid(),  # pixels in [0, 1]
        )

    def get_encoded_output(self, x):
        """The code of pictures `x`: (B, 3, H, W) -> (B, 128, H/8, W/8), never negative."""
        return self.encoder(x)

    def forward(self, x):
        return self.decoder(self.encoder(x))


class Recipe(nn.Module):
    """Lesson 05's convolutional autoencoder: (B, 3, H, W) in [0, 1] -> the same, H, W in 8s.

    The code is (B, channels, H/8, W/8), of any sign: for 64x64 pictures and 128 channels 8,192
    numbers. 331,075 parameters. Fewer channels add a 1x1 convolution on either side of the code.
    """

    def __init__(self, channels=128):
        super().__init__()
        halve = dict(kernel_size=4, stride=2, padding=1)
        self.encoder = nn.Sequential(
            nn.Conv2d(3, 32, **halve), nn.SiLU(),  # (B, 3, 64, 64) -> (B, 32, 32, 32)
            nn.Conv2d(32, 64, **halve), nn.SiLU(),  # -> (B, 64, 16, 16)
            nn.Conv2d(64, 128, **halve),  # -> (B, 128, 8, 8)
        )
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(128, 64, **halve), nn.SiLU(),  # (B, 128, 8, 8) -> (B, 64, 16, 16)
            nn.ConvTranspose2d(64, 32, **halve), nn.SiLU(),  # -> (B, 32, 32, 32)
            nn.ConvTranspose2d(32, 3, **halve), nn.Sigmoid(),  # -> (B, 3, 64, 64)
        )
        if channels != 128:
            self.encoder.extend([nn.SiLU(), nn.Conv2d(128, channels, 1)])
            self.decoder = nn.Sequential(nn.Conv2d(channels, 128, 1), nn.SiLU(), *self.decoder)
        mirror(self.encoder, self.decoder)

    def get_encoded_output(self, x):
        """The code of pictures `x`: (B, 3, H, W) -> (B, channels, H/8, W/8)."""
        return self.encoder(x - 0.5)  # centred, so that grey is nothing

    def forward(self, x):
        return self.decoder(self.get_encoded_output(x))


def mirror(encoder, decoder, gain=2**0.5):
    """Starts every layer of `encoder` orthogonal, and the decoder as the encoder's transpose.

    encoder, decoder: modules with as many convolutions, the last of one facing the first of the
    other. Layers of unlike shape begin orthogonal, too. Biases begin at 0. gain: of every layer.
    """
    kinds = nn.Conv2d, nn.ConvTranspose2d
    down = [layer for layer in encoder.modules() if isinstance(layer, kinds)]
    up = [layer for layer in decoder.modules() if isinstance(layer, kinds)]
    for a, b in zip(down, reversed(up), strict=True):
        nn.init.orthogonal_(a.weight, gain)
        # a transposed convolution keeps (in, out, ...), which is (out, in, ...) of its mirror
        twin = a.weight if isinstance(b, nn.ConvTranspose2d) else a.weight.transpose(0, 1)
        if twin.shape == b.weight.shape:
            b.weight.data.copy_(twin)
        else:
            nn.init.orthogonal_(b.weight, gain)
        for layer in (a, b):
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


class VAE(nn.Module):
    """Lesson 06's variational autoencoder: pictures (B, 3, size, size) in [0, 1] -> a Pass.

    code: numbers of a code. size: pixels a side, in 8s. With 10 numbers for 32x32 pictures
    234,504 parameters. Every pass draws codes at random; reconstruct() does not.
    """

    def __init__(self, code=10, size=32):
        super().__init__()
        halve = dict(kernel_size=4, stride=2, padding=1)
        side = size // 8
        self.encoder = nn.Sequential(
            nn.Conv2d(3, 24, **halve), nn.SiLU(),  # (B, 3, 32, 32) -> (B, 24, 16, 16)
            nn.Conv2d(24, 48, **halve), nn.SiLU(),  # -> (B, 48, 8, 8)
            nn.Conv2d(48, 96, **halve), nn.SiLU(),  # -> (B, 96, 4, 4)
            nn.Flatten(), nn.Linear(96 * side**2, 2 * code),  # -> (B, 2 Z)
        )
        self.decoder = nn.Sequential(
            nn.Linear(code, 96 * side**2), nn.SiLU(), nn.Unflatten(1, (96, side, side)),
            nn.ConvTranspose2d(96, 48, **halve), nn.SiLU(),
            nn.ConvTranspose2d(48, 24, **halve), nn.SiLU(),
            nn.ConvTranspose2d(24, 3, **halve),
        )
        self.log_sigma = nn.Parameter(torch.tensor(-2.0))  # of p(x | z); 0.16: the mean face's

    def encode(self, x):
        """Mean and log variance of q(z | x), (B, Z) each."""
        return self.encoder(x - 0.5).chunk(2, dim=1)

    def decode(self, z):
        """The mean of p(x | z): (B, Z) -> (B, 3, size, size), mostly in [0, 1]."""
        return self.decoder(z) + 0.5

    def forward(self, x):
        mu, logvar = self.encode(x)
        return Pass(self.decode(draw(mu, logvar)), mu, logvar, self.log_sigma)

    def reconstruct(self, x):
        """What the mean of q(z | x) is decoded to, in [0, 1]; the same for every call."""
        return self.decode(self.encode(x)[0]).clamp(0, 1)


class Denoiser(nn.Module):
    """Lesson 03's network: pictures (B, channels, H, W), H, W in 16s -> clean ones (B, 3, H, W).

    Four stages down to a code of (B, 128, H/16, W/16), three up again; each of these adds what
    the stage of its size was on the way down, with `skips`. Any numbers go in and come out.
    """

    def __init__(self, skips=True, channels=3, widths=(32, 48, 64, 128)):
        super().__init__()
        self.skips, act = skips, nn.LeakyReLU(0.1)
        conv = dict(kernel_size=3, padding=1)
        first = nn.PixelUnshuffle(2), nn.Conv2d(4 * channels, widths[0], **conv)
        self.down = nn.ModuleList([nn.Sequential(*first, act)])
        self.up, self.mix = nn.ModuleList(), nn.ModuleList()
        for a, b in zip(widths, widths[1:], strict=False):  # (32, 48), (48, 64), (64, 128)
            self.down.append(nn.Sequential(nn.Conv2d(a, b, **conv, stride=2), act))
            self.up.insert(0, nn.ConvTranspose2d(b, a, kernel_size=2, stride=2))
            self.mix.insert(0, nn.Sequential(nn.Conv2d(a, a, **conv), act))
        self.out = nn.Sequential(nn.Conv2d(widths[0], 12, **conv), nn.PixelShuffle(2))

    def forward(self, y):
        h, kept = y - 0.5, []  # centred: trains much faster
        for down in self.down:  # halves H and W each time
            kept.append(h := down(h))
        for up, mix, skip in zip(self.up, self.mix, kept[-2::-1], strict=True):
            h = mix(up(h) + skip if self.skips else up(h))
        return self.out(h) + 0.5  # (B, channels, H, W) -> (B, 3, H, W)


def with_level(y, sigma):
    """Noisy pictures and a channel that tells how noisy: (B, 3, H, W), (B, 1, 1, 1) -> 4 channels.

    sigma: the standard deviation of the noise. The pictures are scaled to a like contrast.
    """
    scaled = 0.5 + (y - 0.5) / (1 + (sigma / 0.25) ** 2).sqrt()
    return torch.cat([scaled, (0.5 + sigma.log() / 4).expand_as(y[:, :1])], 1)


@torch.no_grad()
def walk(model, y, levels):
    """Lesson 03's walk from noise `y` (B, 3, H, W) to pictures, of the same shape.

    model: a Denoiser(channels=4) that was trained with any level of noise. levels: standard
    deviations, falling; the first is that of `y`.
    """
    for now, after in zip(levels, [*levels[1:], torch.tensor(0.0)], strict=True):
        told = with_level(y, now.expand(len(y), 1, 1, 1))
        guess = model(told.to(memory_format=torch.channels_last))
        y = y + (1 - after / now) * (guess - y)
    return y
