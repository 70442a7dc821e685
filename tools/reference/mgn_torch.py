"""A Multiple Granularity Network in PyTorch, to make reference values with.

Its state dict has the names of the most used public PyTorch code ("mgn-pytorch": backone.*, p1|p2|p3.*, reduction_i,
fc_id_*). Depth, width, input, embedding, pooling and the classifiers' place are parameters.
"""

import torch
from torch import nn
from torch.nn import functional as F

import formula

BLOCKS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3)}
FEATURES = ("g1", "g2", "g3", "p2_0", "p2_1", "p3_0", "p3_1", "p3_2")
CLASSIFIERS = (
    "fc_id_2048_0", "fc_id_2048_1", "fc_id_2048_2",
    "fc_id_256_1_0", "fc_id_256_1_1", "fc_id_256_2_0", "fc_id_256_2_1", "fc_id_256_2_2",
)


class Block(nn.Module):
    """A residual block: two 3x3 convolutions, or a bottleneck whose 3x3 carries the stride."""

    def __init__(self, inputs, width, outputs, stride, bottleneck, project):
        super().__init__()
        shapes = (
            [(inputs, width, 1, 1), (width, width, 3, stride), (width, outputs, 1, 1)]
            if bottleneck
            else [(inputs, width, 3, stride), (width, outputs, 3, 1)]
        )
        self.count = len(shapes)
        for i, (a, b, kernel, step) in enumerate(shapes, 1):
            setattr(self, f"conv{i}", nn.Conv2d(a, b, kernel, step, kernel // 2, bias=False))
            setattr(self, f"bn{i}", nn.BatchNorm2d(b))
        if project:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        shortcut = self.downsample(x) if hasattr(self, "downsample") else x
        for i in range(1, self.count + 1):
            x = getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(x))
            x = F.relu(x + shortcut if i == self.count else x)
        return x


def blocks(depth, stem, number, stride):
    """Returns the blocks of a stage, 1 to 4, of a ResNet whose stem has `stem` channels."""
    bottleneck = depth >= 50
    expansion = 4 if bottleneck else 1
    inputs = stem if number == 1 else (stem << (number - 2)) * expansion
    inner = stem << (number - 1)
    outputs = inner * expansion
    return [
        Block(
            inputs if i == 0 else outputs,
            inner,
            outputs,
            stride if i == 0 else 1,
            bottleneck,
            i == 0 and (stride != 1 or inputs != outputs),
        )
        for i in range(BLOCKS[depth][number - 1])
    ]


class Mgn(nn.Module):
    def __init__(self, depth=50, width=1.0, embedding=256, classes=751, pool="max", classifier="before"):
        super().__init__()
        self.depth, self.pool, self.bottleneck = depth, pool, depth >= 50
        stem = round(64 * width)
        expansion = 4 if self.bottleneck else 1

        def stage(number, stride):
            return blocks(depth, stem, number, stride)

        self.backone = nn.Sequential(
            nn.Conv2d(3, stem, 7, 2, 3, bias=False),
            nn.BatchNorm2d(stem),
            nn.ReLU(),
            nn.MaxPool2d(3, 2, 1),
            nn.Sequential(*stage(1, 1)),
            nn.Sequential(*stage(2, 2)),
            stage(3, 2)[0],
        )
        for name, stride in (("p1", 2), ("p2", 1), ("p3", 1)):
            branch = nn.Sequential(nn.Sequential(*stage(3, 2)[1:]), nn.Sequential(*stage(4, stride)))
            setattr(self, name, branch)
        pooled = (stem << 3) * expansion
        for i in range(8):
            reduction = nn.Sequential(nn.Conv2d(pooled, embedding, 1, bias=False), nn.BatchNorm2d(embedding), nn.ReLU())
            setattr(self, f"reduction_{i}", reduction)
        for i, name in enumerate(CLASSIFIERS):
            setattr(self, name, nn.Linear(pooled if i < 3 and classifier == "before" else embedding, classes))

    def pooled(self, x):
        """The eight pooled vectors: three of whole maps, then two and three of stripes."""
        x = self.backone(x)
        maps = [self.p1(x), self.p2(x), self.p3(x)]
        parts = list(maps)
        for map_, stripes in ((maps[1], 2), (maps[2], 3)):
            parts += map_.split(map_.shape[2] // stripes, dim=2)
        reduce = (lambda m: m.amax((2, 3))) if self.pool == "max" else (lambda m: m.mean((2, 3)))
        return [reduce(part) for part in parts]

    def forward(self, x):
        """[N, 8 * embedding]."""
        vectors = self.pooled(x)
        reduced = [getattr(self, f"reduction_{i}")(v[:, :, None, None]) for i, v in enumerate(vectors)]
        return torch.cat(reduced, 1).flatten(1)


def own_name(key):
    """Name in this project's model files of a key of Mgn's state dict."""
    head, rest = key.split(".", 1)
    if head == "backone":
        number, rest = rest.split(".", 1)
        layer = {"0": "conv1", "1": "bn1", "4": "layer1", "5": "layer2", "6": "layer3.0"}[number]
        return f"trunk.{layer}.{rest}"
    if head in ("p1", "p2", "p3"):
        stage, block, rest = rest.split(".", 2)
        place = f"layer3.{int(block) + 1}" if stage == "0" else f"layer4.{block}"
        return f"branches.{int(head[1]) - 1}.{place}.{rest}"
    if head.startswith("reduction_"):
        return f"reductions.{FEATURES[int(head[10:])]}.{rest}"
    return f"classifiers.{FEATURES[CLASSIFIERS.index(head)]}.{rest}"


def fill(model):
    """Gives every parameter and running statistic its formula value; returns the model in evaluation mode."""
    with torch.no_grad():
        for key, value in model.state_dict().items():
            if not key.endswith("num_batches_tracked"):
                value.copy_(torch.from_numpy(formula.tensor(own_name(key), tuple(value.shape), model.bottleneck)))
    return model.eval()
