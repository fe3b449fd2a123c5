"""PyTorch's side of network.ts: the same networks, loss and optimizer, the same arguments, the same line of JSON.

The job "embed" is its side of agreement.ts: it takes parameters from a folder, and puts embeddings there.
"""

import json
import resource
import sys
import time
from pathlib import Path

import numpy
import torch
from torch import nn
from torch.nn import functional as F

job, name, batch, steps, threads, identities = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:7])
torch.set_num_threads(threads)
torch.manual_seed(0)


class Unit(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(c, c, 3, 1, 1, bias=False), nn.PReLU(c), nn.Conv2d(c, c, 3, 1, 1, bias=False), nn.PReLU(c)
        )

    def forward(self, x):
        return x + self.body(x)


def sphere(units):
    layers, previous = [], 3
    for c, n in zip((64, 128, 256, 512), units):
        layers += [nn.Conv2d(previous, c, 3, 2, 1), nn.PReLU(c), *(Unit(c) for _ in range(n))]
        previous = c
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(512 * 7 * 6, 512)), (112, 96)


class IBlock(nn.Module):
    def __init__(self, cin, c, s):
        super().__init__()
        self.body = nn.Sequential(
            nn.BatchNorm2d(cin),
            nn.Conv2d(cin, c, 3, 1, 1, bias=False),
            nn.BatchNorm2d(c),
            nn.PReLU(c),
            nn.Conv2d(c, c, 3, s, 1, bias=False),
            nn.BatchNorm2d(c),
        )
        self.shortcut = (
            nn.Identity()
            if s == 1 and cin == c
            else nn.Sequential(nn.Conv2d(cin, c, 1, s, bias=False), nn.BatchNorm2d(c))
        )

    def forward(self, x):
        return self.body(x) + self.shortcut(x)


def iresnet(blocks):
    layers, previous = [nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.PReLU(64)], 64
    for c, n in zip((64, 128, 256, 512), blocks):
        for i in range(n):
            layers.append(IBlock(previous, c, 2 if i == 0 else 1))
            previous = c
    return nn.Sequential(
        *layers, nn.BatchNorm2d(512), nn.Flatten(), nn.Linear(512 * 49, 512), nn.BatchNorm1d(512)
    ), (112, 112)


def conv_bn(cin, c, k, s=1, p=0, g=1, active=True):
    layers = [nn.Conv2d(cin, c, k, s, p, groups=g, bias=False), nn.BatchNorm2d(c)]
    return nn.Sequential(*layers, nn.PReLU(c)) if active else nn.Sequential(*layers)


class Bottleneck(nn.Module):
    def __init__(self, cin, c, t, s):
        super().__init__()
        e = cin * t
        self.residual = s == 1 and cin == c
        self.body = nn.Sequential(
            conv_bn(cin, e, 1), conv_bn(e, e, 3, s, 1, e), conv_bn(e, c, 1, active=False)
        )

    def forward(self, x):
        return x + self.body(x) if self.residual else self.body(x)


def mobilefacenet(size):
    layers, previous = [conv_bn(3, 64, 3, 2, 1), conv_bn(64, 64, 3, 1, 1, 64)], 64
    for t, c, n, s in ((2, 64, 5, 2), (4, 128, 1, 2), (2, 128, 6, 1), (4, 128, 1, 2), (2, 128, 2, 1)):
        for i in range(n):
            layers.append(Bottleneck(previous, c, t, s if i == 0 else 1))
            previous = c
    layers += [conv_bn(128, 512, 1), conv_bn(512, 512, 7, g=512, active=False), conv_bn(512, size, 1, active=False)]
    return nn.Sequential(*layers, nn.Flatten()), (112, 112)


network, (height, width) = {
    "sphere4": lambda: sphere((0, 0, 0, 0)),
    "sphere10": lambda: sphere((0, 1, 2, 0)),
    "sphere20": lambda: sphere((1, 2, 4, 1)),
    "sphere64": lambda: sphere((3, 8, 16, 3)),
    "iresnet18": lambda: iresnet((2, 2, 2, 2)),
    "iresnet50": lambda: iresnet((3, 4, 14, 3)),
    "mobilefacenet-128": lambda: mobilefacenet(128),
    "mobilefacenet-512": lambda: mobilefacenet(512),
}[name]()
with torch.no_grad():
    size = network.eval()(torch.zeros(1, 3, height, width)).shape[1]
pixels = torch.randint(0, 256, (batch, height, width, 3), dtype=torch.uint8)
centers = nn.Parameter(torch.randn(identities, size) * 0.05)
labels = torch.arange(batch) % identities
rows = torch.arange(batch)


def images():
    return (pixels.permute(0, 3, 1, 2).float() - 127.5) / 128


def infer():
    with torch.inference_mode():
        return network(images())


def train():
    cosines = F.linear(F.normalize(network(images())), F.normalize(centers))
    margins = torch.zeros_like(cosines)
    margins[rows, labels] = 0.35
    loss = F.cross_entropy(30 * (cosines - margins), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def fill(tensor, path):
    tensor.data = torch.from_numpy(numpy.fromfile(path, numpy.float32)).reshape(tensor.shape)


def embed(folder):
    """Parameters come in the order of the layers, then running means and variances."""
    statistics = [buffer for buffer in network.buffers() if buffer.dim() > 0]
    for i, tensor in enumerate([*network.parameters(), *statistics]):
        fill(tensor, folder / str(i))
    size = height * width * 3
    places = torch.arange(batch * size).reshape(batch, height, width, 3)
    pattern = (places * 31 + torch.arange(batch).reshape(-1, 1, 1, 1) * 7) % 251
    with torch.inference_mode():
        embeddings = network((pattern.permute(0, 3, 1, 2).float() - 127.5) / 128)
    embeddings.numpy().tofile(folder / "embeddings")


if job == "embed":
    embed(Path(sys.argv[7]))
    sys.exit()
if job == "train":
    network.train()
    optimizer = torch.optim.SGD([*network.parameters(), centers], lr=1e-4, momentum=0.9, weight_decay=5e-4)
work = {"train": train, "inference": infer}[job]
for _ in range(2 * steps):
    work()
start = time.perf_counter()
for _ in range(steps):
    work()
seconds = time.perf_counter() - start
print(
    json.dumps(
        {
            "imagesPerSecond": batch * steps / seconds,
            "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }
    )
)
