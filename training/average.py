"""Average networks that were trained on from the same weights, and these weights themselves, and write that as ONNX.

    python training/average.py go.start.pt:2 go.pt other.pt -o change.onnx

What is learned anew holds elsewhere better when some of the old weights stay in it (Wortsman et al. 2022, CVPR,
arXiv:2109.01903): weights of networks that lie near each other may be averaged as if they were what they say.
"""

import argparse
from pathlib import Path

import torch
from train import PLANES, UNet, export


def averaged(states: list[tuple[dict[str, torch.Tensor], float]]) -> dict[str, torch.Tensor]:
    """Weighted mean of the weights; counters are those of the first."""
    total = sum(share for _, share in states)
    return {
        name: sum(state[name] * (share / total) for state, share in states)
        if value.is_floating_point()
        else value
        for name, value in states[0][0].items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("weights", nargs="+", help="FILE.pt, or FILE.pt:SHARE to count it SHARE times")
    parser.add_argument("-o", "--out", type=Path, required=True)
    args = parser.parse_args()
    parts = [(name, float(share or 1)) for name, _, share in (w.partition(":") for w in args.weights)]
    net = UNet(PLANES)
    net.load_state_dict(averaged([(torch.load(name), share) for name, share in parts]))
    export(net, args.out)


if __name__ == "__main__":
    main()
