"""Networks that a lesson has taught in full; later lessons import them from here.

Shape letters: B pictures in a batch, C, H, W channels, height, width.
"""

from torch import nn

from helpers import ROOT
from helpers.messages import bad

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
