"""Train the change network on samples of `samples.py` and write it as ONNX.

    python training/train.py SAMPLES... -o change.onnx --minutes 40

A small U-Net (Ronneberger et al. 2015, MICCAI, LNCS 9351:234) turns the detector's maps into the share of each pixel
that an event of each kind covers. Crops are turned, mirrored and scaled at random; the direction to the sun turns with
them. In one of five time runs backwards, so that what appeared is removed; the network is told, since building and
demolition do not look alike. One sample in eight is kept out to watch the loss. Needs torch and onnx, which the package
itself does not.
"""

import argparse
import time
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import onnx
import torch
from torch import nn
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from sitewatch.change import planes as layout

BATCH = 12
WIDTH = 24
EVEN = 60
"""Pixels of an event below which each of them weighs more: events are counted, not pixels."""
MOST = 4.0
"""Greatest weight of a pixel."""
LONG, THIN, THIN_WEIGHT = 10, 3.5, 1.6
"""Pixels beyond which an event is long; pixels for each of them below which it is thin, as roads are; least weight of
its pixels then."""
BACKWARDS = 0.2
"""Share of the crops whose time runs backwards."""
EXCHANGED = [0, 2, 1]
"""The kinds of these: what appeared is removed."""
MEMORY = 0.02
"""Weight of the newest crops in the statistics that the normalisations keep."""
STAYS = 0.999
"""Share of the running mean of the weights that a step leaves as it was. The mean is what is watched and written: it is
steady while the weights themselves wander (Polyak and Juditsky 1992, SIAM J. Control Optim. 30:838)."""
HALF = torch.backends.cpu.get_cpu_capability() == "AVX512"
"""Whether the processor has fast sums of 16 bits; where it has not they take ten times as long as whole ones."""
PLANES = layout.CHANNELS + 1
"""The last one tells whether time runs backwards."""


class Block(nn.Sequential):
    def __init__(self, inputs: int, outputs: int) -> None:
        layers: list[nn.Module] = []
        for n in (inputs, outputs):
            layers += [
                nn.Conv2d(n, outputs, 3, padding=1, bias=False),
                nn.BatchNorm2d(outputs, momentum=MEMORY),
                nn.ReLU(),
            ]
        super().__init__(*layers)


class UNet(nn.Module):
    def __init__(self, inputs: int, outputs: int = 3, width: int = WIDTH, depth: int = 3) -> None:
        super().__init__()
        sizes = [width * 2**k for k in range(depth + 1)]
        self.scale = nn.BatchNorm2d(inputs, momentum=MEMORY)
        self.down = nn.ModuleList(Block(a, b) for a, b in pairwise([inputs, *sizes]))
        self.up = nn.ModuleList(Block(sizes[k] + sizes[k + 1], sizes[k]) for k in range(depth))
        self.last = nn.Conv2d(width, outputs, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.scale(x)
        kept = []
        for k, block in enumerate(self.down):
            x = block(functional.max_pool2d(x, 2) if k else x)
            kept.append(x)
        for k in reversed(range(len(self.up))):
            x = functional.interpolate(x, scale_factor=2.0, mode="nearest")
            x = self.up[k](torch.cat([x, kept[k]], 1))
        return self.last(x)


def _places(share: np.ndarray) -> np.ndarray:
    """One pixel (row, column) of each event, so that small events are seen as often as large ones; removals, of which
    there are few, twice."""
    found = []
    for kind, plane in enumerate(share):
        count, labels = cv2.connectedComponents((plane > 100).astype(np.uint8))
        for k in range(1, count):
            pixels = np.argwhere(labels == k)
            found += [pixels[len(pixels) // 2]] * (2 if kind == 2 else 1)
    return np.array(found, int).reshape(-1, 2)


def _weights(share: np.ndarray) -> np.ndarray:
    """Weight (kind, y, x) of each pixel: of an event of fewer pixels than `EVEN` and next to it more than 1."""
    result = np.ones(share.shape, np.float16)
    for weight, plane in zip(result, share, strict=True):
        count, labels, stats, _ = cv2.connectedComponentsWithStats(
            (plane > 100).astype(np.uint8), None, None, 4
        )
        for k in range(1, count):
            x, y, width, height, area = stats[k]
            long = max(width, height)
            thin = long > LONG and area < THIN * long
            if area < EVEN or thin:
                at = np.s_[max(y - 1, 0) : y + height + 1, max(x - 1, 0) : x + width + 1]
                heavy = np.clip((EVEN / area) ** 0.5, THIN_WEIGHT if thin else 1.0, MOST)
                near = cv2.dilate((labels[at] == k).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
                weight[at][near] = np.maximum(weight[at][near], heavy)
    return result


class Crops:
    """Random crops, most of them with an event in sight, from all folders alike."""

    def __init__(self, rng: np.random.Generator, side: int, backwards: float = 0.0) -> None:
        self.side, self.backwards = side, backwards
        self.rng, self.known = rng, set[Path]()
        self.items: dict[Path, list[tuple[np.ndarray, ...]]] = {}

    def add(self, files: list[Path]) -> None:
        """Take what is new among `files`: samples may still be in the making."""
        for f in files:
            if f in self.known or time.time() - f.stat().st_mtime < 5:
                continue
            self.known.add(f)
            d = np.load(f)
            if d["planes"].shape[0] != layout.CHANNELS:
                raise SystemExit(
                    f"{f}: {d['planes'].shape[0]} planes; expected {layout.CHANNELS}: make samples anew"
                )
            weights = np.where(d["unknown"], 0, _weights(d["share"]))
            item = d["planes"], d["share"], weights, _places(d["share"])
            self.items.setdefault(f.parent, []).append(item)

    def draw(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        rng = self.rng
        folder = self.items[sorted(self.items)[rng.integers(len(self.items))]]
        planes, share, weights, places = folder[rng.integers(len(folder))]
        rows, cols = planes.shape[1:]
        size = min(self.side, rows, cols)
        if len(places) and rng.uniform() < 0.75:
            r, c = places[rng.integers(len(places))] - rng.integers(4, max(5, size - 4), 2)
        else:
            r, c = rng.integers(0, rows), rng.integers(0, cols)
        r, c = int(np.clip(r, 0, rows - size)), int(np.clip(c, 0, cols - size))
        cut = np.s_[:, r : r + size, c : c + size]
        x, y, w = planes[cut].astype(np.float32), share[cut] / np.float32(255), weights[cut]
        if size < self.side:
            # small sites are laid in a larger, unknown field
            room = ((0, 0), (0, self.side - size), (0, self.side - size))
            x, y, w = (
                np.pad(x, room, mode="reflect") if size > self.side // 2 else np.pad(x, room),
                np.pad(y, room),
                np.pad(w, room),
            )
        return self._vary(x, y, w)

    def _vary(self, x: np.ndarray, y: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        rng = self.rng
        x = x.copy()
        reverse = rng.uniform() < self.backwards
        if reverse:
            x, y, w = layout.backwards(x), y[EXCHANGED], w[EXCHANGED]
        turns = int(rng.integers(4))
        x, y, w = (np.rot90(a, turns, (1, 2)) for a in (x, y, w))
        x = x.copy()
        sun = x[layout.SUN].copy()
        for _ in range(turns):  # np.rot90 turns against the clock: (row, column) -> (-column, row)
            sun = np.stack([-sun[1], sun[0]])
        if rng.uniform() < 0.5:
            x, y, w, sun = (
                x[:, ::-1].copy(),
                y[:, ::-1],
                w[:, ::-1],
                sun[:, ::-1] * np.array([-1, 1])[:, None, None],
            )
        x[layout.SUN] = sun if rng.uniform() > 0.05 else 0
        if rng.uniform() < 0.1:  # a sensor without near infrared
            x[layout.of_tone(2)] = 0
            x[-1] = 0
        # other sites have other spectra, noise and contrasts than the simulator draws
        for tone, offset in enumerate((0.1, 0.06, 0.15)):
            x[layout.signed(tone)] *= np.float32(np.exp(rng.normal(0, 0.15)))
            levels = layout.levels(tone)
            x[levels] = x[levels] * np.float32(np.exp(rng.normal(0, 0.15))) + np.float32(
                rng.normal(0, offset)
            )
            x[layout.noise(tone)] += rng.normal(0, 0.12, (2, 1, 1)).astype(np.float32)
        x[layout.scores()] += np.float32(rng.normal(0, 0.06))
        x = np.concatenate([x, np.full((1, *x.shape[1:]), reverse, np.float32)])
        return x, np.ascontiguousarray(y), np.ascontiguousarray(w).astype(np.float32)

    def batch(self, count: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        drawn = [self.draw() for _ in range(count)]
        return tuple(torch.from_numpy(np.stack(a)) for a in zip(*drawn, strict=True))  # type: ignore[return-value]


def loss_of(logits: torch.Tensor, share: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    entropy = functional.binary_cross_entropy_with_logits(
        logits, share, reduction="none", pos_weight=torch.tensor(2.0)
    )
    p = torch.sigmoid(logits) * known
    share = share * known
    dice = 1 - (2 * (p * share).sum((0, 2, 3)) + 1) / (
        (p * p).sum((0, 2, 3)) + (share * share).sum((0, 2, 3)) + 1
    )
    return 4 * (entropy * known).mean() + dice.mean()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "samples", type=Path, nargs="+", help="folders of samples; each gives as many crops as the others"
    )
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--start", type=Path, help="weights to go on from: .pt, or .onnx as shipped")
    parser.add_argument("--crop", type=int, default=96, help="side of the crops, pixels, a multiple of 8")
    parser.add_argument("--rate", type=float, default=2e-3)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    training = Crops(np.random.default_rng(args.seed), args.crop, BACKWARDS)
    held = Crops(np.random.default_rng(1), args.crop)
    load(args.samples, training, held)
    check = held.batch(160)
    net = UNet(PLANES).to(memory_format=torch.channels_last)
    if args.start and args.start.suffix == ".onnx":
        unfold(args.start, net, [training.batch(BATCH)[0] for _ in range(40)])
        torch.save(net.state_dict(), args.out.with_suffix(".start.pt"))
        report(net, check, 0, 0.0, float("nan"))
    elif args.start:
        net.load_state_dict(widened(torch.load(args.start), net.state_dict()))
    mean = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(STAYS), use_buffers=True)
    optimiser = torch.optim.AdamW(net.parameters(), lr=args.rate, weight_decay=5e-2)
    began, step = time.time(), 0
    while (passed := (time.time() - began) / (60 * args.minutes)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = args.rate * (0.5 * (1 + np.cos(np.pi * passed)) + 0.005) * min(1, (step + 1) / 50)
        net.train()
        x, y, w = training.batch(BATCH)
        with torch.autocast("cpu", torch.bfloat16, enabled=HALF):
            logits = net(x.to(memory_format=torch.channels_last))
        loss = loss_of(logits.float(), y, w)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        mean.update_parameters(net)
        step += 1
        if step % 200 == 0:
            load(args.samples, training, held)
            report(mean.module, check, step, passed, float(loss.detach()))
            torch.save(mean.module.state_dict(), args.out.with_suffix(".pt"))
    report(mean.module, check, step, 1.0, float(loss.detach()))
    torch.save(mean.module.state_dict(), args.out.with_suffix(".pt"))
    export(mean.module, args.out)


def widened(old: dict[str, torch.Tensor], new: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The weights `old` in the place of the first channels of those of a wider network: what it says is at first the
    same, since nothing is taken from the other channels yet (after Chen et al. 2016, ICLR, arXiv:1511.05641)."""
    sizes = [(old[f"down.{k}.3.weight"].shape[0], new[f"down.{k}.3.weight"].shape[0]) for k in range(4)]
    result = {}
    for name, fresh in new.items():
        part, value = old[name], fresh.clone()
        if part.shape == value.shape:
            value.copy_(part)
        elif value.ndim == 1:
            value[: len(part)] = part
        else:
            room, level, place, *_ = (*name.split("."), "")
            joined = [sizes[int(level) + 1], sizes[int(level)]] if room == "up" and place == "0" else None
            first = last = 0
            for count, wide in joined or [(part.shape[1], value.shape[1])]:
                value[: len(part), last : last + count] = part[:, first : first + count]
                value[: len(part), last + count : last + wide] = 0
                first, last = first + count, last + wide
        result[name] = value
    return result


def unfold(path: Path, net: UNet, batches: list[torch.Tensor]) -> None:
    """Take the weights of an exported network, in which each convolution has taken its normalisation in.

    The normalisations get the statistics that they see in `batches`, and scale and offset such that what the network
    says is the same; the convolutions get back the size of fresh ones, which under a normalisation only sets how fast
    they learn.
    """
    graph = onnx.load(path).graph
    values = {i.name: torch.tensor(onnx.numpy_helper.to_array(i)) for i in graph.initializer}
    state = {k.removeprefix("net."): v for k, v in values.items() if k.startswith("net.")}
    net.load_state_dict(state, strict=False)
    modules = dict(net.named_modules())
    folded = []
    for node in graph.node:
        name = ".".join(node.name.split("/")[-2:-1])
        if node.op_type == "Conv" and name in modules and name != "last":
            conv, (block, place) = modules[name], name.rsplit(".", 1)
            norm = modules[f"{block}.{int(place) + 1}"]
            weight, offset = (values[n] for n in node.input[1:])
            size = weight.square().mean((1, 2, 3)).sqrt() * (3 * weight[0].numel()) ** 0.5
            conv.weight.data = weight / size[:, None, None, None]
            norm.weight.data, norm.bias.data = size.clone(), offset.clone()
            norm.running_mean.zero_()
            norm.running_var.fill_(1 - norm.eps)
            folded.append(norm)
    sums = {norm: [0.0, 0.0, 0] for norm in folded}

    def watch(norm: nn.Module, inputs: tuple[torch.Tensor]) -> None:
        total = sums[norm]
        total[0] += inputs[0].sum((0, 2, 3)).double()
        total[1] += inputs[0].double().square().sum((0, 2, 3))
        total[2] += inputs[0].numel() // inputs[0].shape[1]

    hooks = [norm.register_forward_pre_hook(watch) for norm in folded]
    net.eval()
    with torch.no_grad():
        for batch in batches:
            net(batch)
    for hook in hooks:
        hook.remove()
    for norm, (first, second, count) in sums.items():
        mean = first / count
        spread = second / count - mean**2
        norm.bias.data += (norm.weight.data * mean).float()
        norm.weight.data *= (spread + norm.eps).sqrt().float()
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(spread)


def load(folders: list[Path], training: Crops, held: Crops) -> None:
    files = sorted(f for folder in folders for f in folder.glob("*.npz"))
    apart = {f for f in files if int(f.stem.split("_")[1]) % 8 == 7}
    training.add([f for f in files if f not in apart])
    held.add(sorted(apart))
    print(f"{len(training.known)} samples, {len(held.known)} kept out", flush=True)


def report(net: UNet, check: tuple[torch.Tensor, ...], step: int, passed: float, last: float) -> None:
    net.eval()
    with torch.no_grad():
        logits = torch.cat([net(check[0][i : i + 16]) for i in range(0, len(check[0]), 16)])
        loss = float(loss_of(logits, check[1], check[2]))
        p, y, w = torch.sigmoid(logits) > 0.5, check[1] > 0.5, check[2] > 0
        both = (p & y & w).sum((0, 2, 3)).float()
        f1 = 2 * both / ((p & w).sum((0, 2, 3)) + (y & w).sum((0, 2, 3)))
    print(
        f"{passed:4.0%} step {step} loss {last:.3f} kept out {loss:.3f} F1 {[round(v, 3) for v in f1.tolist()]}",
        flush=True,
    )


class Shares(nn.Module):
    """The trained network for series that run forwards."""

    def __init__(self, net: UNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.net(torch.cat([x, torch.zeros_like(x[:, :1])], 1)))


def export(net: UNet, out: Path) -> None:
    """Write `out`: input "maps" (1, CHANNELS, y, x), sides multiples of 8; output "shares" (1, 3, y, x)."""
    net.eval()
    torch.onnx.export(
        Shares(net),
        (torch.zeros(1, layout.CHANNELS, 64, 64),),
        str(out),
        input_names=["maps"],
        output_names=["shares"],
        dynamic_axes={"maps": {2: "rows", 3: "columns"}, "shares": {2: "rows", 3: "columns"}},
        opset_version=17,
        dynamo=False,
    )


if __name__ == "__main__":
    main()
