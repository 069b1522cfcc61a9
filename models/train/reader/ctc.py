"""CTC of the two rows: the loss, the greedy decoding and the probability of what was decoded."""
import numpy as np
import torch
import torch.nn.functional as F

from alphabet import COLUMNS, collapse, encode, label_of


def _row_losses(log_probs: torch.Tensor, rows: list[list[int]]) -> torch.Tensor:
    """[2n, 32, CLASSES] log-probabilities and 2n targets (classes) -> [n] negative log-likelihood of both rows."""
    flat = torch.tensor([c for r in rows for c in r], dtype=torch.long)
    lengths = torch.tensor([len(r) for r in rows])
    columns = torch.full((len(rows),), COLUMNS)
    nll = F.ctc_loss(log_probs.permute(1, 0, 2), flat, columns, lengths, reduction="none", zero_infinity=True)
    return nll.view(-1, 2).sum(1)


def loss(logits: torch.Tensor, labels: list[str]) -> torch.Tensor:
    """[n, 2, 32, CLASSES] logits -> [n] losses. An empty label (or lower row) asks for blanks only."""
    log_probs = logits.float().log_softmax(-1).flatten(0, 1)
    return _row_losses(log_probs, [row for label in labels for row in encode(label)])


def decode(probs: np.ndarray) -> list[tuple[str, float]]:
    """[n, 2, 32, CLASSES] probabilities -> (label, its exact CTC probability over all paths, uncalibrated)."""
    rows = [collapse(row) for plate in probs.argmax(-1).tolist() for row in plate]
    log_probs = torch.from_numpy(np.log(probs + 1e-12)).float().flatten(0, 1)
    p = torch.exp(-_row_losses(log_probs, rows)).tolist()
    return [(label_of(rows[2 * i], rows[2 * i + 1]), p[i]) for i in range(len(p))]
