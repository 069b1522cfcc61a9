"""work/state.pt -> checkpoint.pt: what another machine needs to go on (`python train.py --from checkpoint.pt`).

    python checkpoint.py

Holds the raw weights, their average, the step and the seconds spent; not AdamW's moments, which are twice the weights.
"""
import torch

import pools


def main():
    state = torch.load(pools.WORK / "state.pt")
    out = pools.HERE / "checkpoint.pt"
    torch.save({k: state[k] for k in ("net", "average", "step", "seconds")}, out)
    print(f"{out}: step {state['step']}, {out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
