"""The official people splits of LFW, rebuilt from nothing but the folders of a whole copy.

The split files are gone with LFW's site. They say of each of the 5,749 people whether the
pictures are for training, which is one bit; their MD5 proves that what is rebuilt is the original.
"""

import base64

# One bit a person, in alphabetical order, as in lfw-names.txt: 1 training, 0 test
TRAINING_BITS = (
    "FefWy7e+0p9/m/m9dv3/y/Kvd/n+n/szz+L711e5znG9+/l7v/97+xudX+99j+bF/7vp9x/v+zBfYt8tr/ev/e6/6ufs"
    "e9dn7f/u3+6/av17f4U/z+tt7oZd9++6wrp9+bcWb5f9Kq/1we/ph3+o9fjv8feD9Zv/+09Pn32nZOr33+f+Oa/5j9u3"
    "r9W//+UfeHj3fHZv/eL7f63rf/3r/8/3tX7rvX/+ttvt9vvHPOju/e/f/n/xuevv/qcn7OYuC+V6Tfu5/l3O/bLufG43"
    "Pfepf+X7W84/t9+txdH1/pv92P+V0X49vcn7Z7vKyet7+lr/svv+pex9ekv0dv9q2910be7+/z357Ps+/f+mn++/te9V"
    "15P+bvGgrzu3v+v5e1V38iL/52/fd2/3Dyv9m3Xx3Pi7mu7n5oTX47jXTnpUubLNLd7/vf//f7n+YPt9jf795+q89eN/"
    "2/v8r87r//rPljn//b/bHf+cX3X7uvv3c034////2ufdv/3u/r3w97//7Z9dvVGm9ffrnxnP6c3Zrltx+X/73/1VeV//"
    "37bq9R+tf9v80p5f7bp/8yxq/et7/cn57zm2o/lL9+J7//Db3x9fb/tdj6u+fB3r/9v4yr6ft1/1nPu/fq1H/+/12/37"
    "l8x/vnf/x7D+s2ds5///P//9+wPh9/v5/Zun7ryxJ7tZ793d9rq9Pt53rP5/17cN3/a+1oz+n7Ze5n/6zG1uJ/S1dhzl"
    "bX//W6979nt4/P9Zbv//779zHT+85/e77kXMM2pvOiL/OwVVL13/667nXJ3x39PP/3Rq9H3AzP//+pj7r3/12x53kYXf"
    "vmv3H825/uGv2NV/9xP91dG/fb7/ie+n5a84Xy2v/Z+9/39U9K9393XziK53trNPXe/S59DTvbr//8fh0/34bm+8f3/7"
    "f92cZZou6el/4XulddZ8b3TtE7338L7vv5f8z5U="
)
NUM_PEOPLE = 5749


def official_training_people():
    """For each of LFW's people, in alphabetical order, whether the official split trains on them:
    5,749 bools.
    """
    bits = f"{int.from_bytes(base64.b64decode(TRAINING_BITS)):0{NUM_PEOPLE}b}"
    return [bit == "1" for bit in bits]


def official_split_files(people):
    """The bytes of peopleDevTrain.txt and peopleDevTest.txt: dict of file name -> bytes.

    people: {name: its pictures} of a copy of LFW, in alphabetical order. Only for a whole copy
    are these the official files; whoever uses them compares their MD5.
    """
    lines = {True: [], False: []}
    for training, (name, pictures) in zip(official_training_people(), people.items(),
                                          strict=False):
        lines[training].append(f"{name}\t{len(pictures)}\n")
    files = {"peopleDevTrain.txt": lines[True], "peopleDevTest.txt": lines[False]}
    return {name: f"{len(of)}\n{''.join(of)}".encode() for name, of in files.items()}
