"""Results of published verification rules on made data, from their definitions: python3 folds.py > folds.json

The data is made by a linear congruential generator, so that another program can make the same. This script knows
nothing of cosface; folds.test.ts compares.
"""
import json
import numpy as np

FOLDS, PER_KIND, SIZE = 10, 30, 8


class Numbers:
    """Numerical Recipes' generator: x = 1664525 x + 1013904223 mod 2^32; each draw is x / 2^32."""

    def __init__(self, seed):
        self.state = seed

    def draw(self):
        self.state = (1664525 * self.state + 1013904223) % 2**32
        return self.state / 2**32


def made_pairs():
    """Each fold's genuine pairs, then its impostor pairs; every pair has two rows of its own."""
    return [(2 * i, 2 * i + 1, i % (2 * PER_KIND) < PER_KIND, i // (2 * PER_KIND)) for i in range(2 * FOLDS * PER_KIND)]


def smooth_rows(pairs):
    """Two views of SIZE numbers a row; the rows of a genuine pair share a part."""
    numbers = Numbers(7)
    rows = []
    for _, _, same, _ in pairs:
        shared = [numbers.draw() - 0.5 for _ in range(2 * SIZE)]
        for _ in range(2):
            weight = 0.9 if same else 0.35
            rows.append([weight * value + 0.8 * (numbers.draw() - 0.5) for value in shared])
    return np.array(rows, dtype=np.float32)


def tied_rows(pairs):
    """Small whole numbers, so that many pairs have the same score, and some exactly that of a threshold."""
    numbers = Numbers(11)
    rows = []
    for _, _, same, _ in pairs:
        first = [int(3 * numbers.draw()) - 1 for _ in range(4)] + [0] * 12
        second = [v if same and numbers.draw() < 0.6 else int(3 * numbers.draw()) - 1 for v in first[:4]] + [0] * 12
        for row in (first, second):
            row[0] = row[0] or 1
            rows.append(row)
    return np.array(rows, dtype=np.float32)


def unit(rows):
    wide = rows.astype(np.float64)
    return wide / np.sqrt((wide * wide).sum(axis=1, keepdims=True))


def result(accuracies, thresholds, ddof):
    return {
        "accuracy": float(np.mean(accuracies)),
        "standardDeviation": float(np.std(accuracies, ddof=ddof)),
        "folds": [float(a) for a in accuracies],
        "thresholds": [float(t) for t in thresholds],
    }


def on_grid(distances, same, fold, grid):
    accuracies, chosen = [], []
    for tested in range(FOLDS):
        train, test = fold != tested, fold == tested
        right = [np.sum((distances[train] < t) == same[train]) for t in grid]
        threshold = grid[int(np.argmax(right))]
        chosen.append(threshold)
        accuracies.append(np.mean((distances[test] < threshold) == same[test]))
    return result(accuracies, chosen, 0)


def validation(distances, same, fold, grid, far):
    """Straight line in (FAR, threshold) from the last grid point at or below the FAR to the next point."""
    tars, fars, chosen = [], [], []
    for tested in range(FOLDS):
        train, test = fold != tested, fold == tested
        measured = np.array([np.mean(distances[train & ~same] < t) for t in grid])
        if measured.max() < far:
            threshold = 0.0
        else:
            at = np.nonzero(measured <= far)[0][-1]
            share = (far - measured[at]) / (measured[at + 1] - measured[at])
            threshold = grid[at] + share * (grid[at + 1] - grid[at])
        chosen.append(float(threshold))
        tars.append(np.mean(distances[test & same] < threshold))
        fars.append(np.mean(distances[test & ~same] < threshold))
    return {
        "rate": float(np.mean(tars)),
        "standardDeviation": float(np.std(tars)),
        "measuredFar": float(np.mean(fars)),
        "thresholds": chosen,
    }


def by_range(scores, same, fold):
    accuracies, chosen = [], []
    for tested in range(FOLDS):
        train, test = fold != tested, fold == tested
        low, high = scores[train].min(), scores[train].max()
        grid = low + ((high - low) / 1000) * np.arange(1, 1001)
        gain = [np.mean(scores[train & same].astype(np.float64) > t) - np.mean(scores[train & ~same].astype(np.float64) > t) for t in grid]
        threshold = grid[int(np.argmax(gain))]
        chosen.append(threshold)
        wide = scores[test].astype(np.float64)
        accuracies.append(np.mean(np.where(same[test], wide > threshold, wide < threshold)))
    return result(accuracies, chosen, 1)


def exact(scores, same, fold):
    """The middle of the widest run of thresholds that decide most pairs, the lowest of equally wide ones."""
    accuracies, chosen = [], []
    top = 1 + 2.0**-20
    for tested in range(FOLDS):
        train, test = fold != tested, fold == tested
        kept, truth = scores[train].astype(np.float64), same[train]
        edges = np.concatenate([[-1.0], np.unique(kept), [top]])
        right = [int(np.sum((kept >= high) == truth)) for high in edges[1:]]
        best, runs, at = max(right), [], 0
        while at < len(right):
            end = at
            while end + 1 < len(right) and right[end + 1] == right[at]:
                end += 1
            if right[at] == best:
                runs.append((edges[at], edges[end + 1]))
            at = end + 1
        low, high = max(runs, key=lambda run: run[1] - run[0])
        threshold = (low + high) / 2
        chosen.append(threshold)
        accuracies.append(np.mean((scores[test].astype(np.float64) >= threshold) == same[test]))
    return result(accuracies, chosen, 1)


def rules(rows, pairs):
    left, right = np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])
    same, fold = np.array([p[2] for p in pairs]), np.array([p[3] for p in pairs])
    added = rows[:, :SIZE].astype(np.float64) + rows[:, SIZE:].astype(np.float64)
    units = unit(added)
    squared = ((units[left] - units[right]) ** 2).sum(axis=1)
    plain = unit(rows[:, :SIZE])
    scores = (plain[left] * plain[right]).sum(axis=1).clip(-1, 1).astype(np.float32)
    half = 0.5 * ((plain[left] - plain[right]) ** 2).sum(axis=1)
    return {
        "exact": exact(scores, same, fold),
        "facex-zoo": by_range(scores, same, fold),
        "insightface": on_grid(squared, same, fold, np.arange(0, 4, 0.01)),
        "validation": validation(squared, same, fold, np.arange(0, 4, 0.001), 1e-3),
        "xqlfw": on_grid(half, same, fold, np.arange(0, 2, 0.001)),
    }


def cosines(rows, pairs):
    units = unit(rows)
    left, right = np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])
    return (units[left] * units[right]).sum(axis=1).clip(-1, 1).astype(np.float32)


def races(rows, pairs):
    """Pair i is of race i mod 4: each race by thresholds of its own, and all by the thresholds of all."""
    scores = cosines(rows[:, :SIZE], pairs)
    same, fold = np.array([p[2] for p in pairs]), np.array([p[3] for p in pairs])
    race = np.arange(len(pairs)) % 4
    own = [exact(scores[race == r], same[race == r], fold[race == r])["accuracy"] for r in range(4)]
    shared = np.array(exact(scores, same, fold)["thresholds"])
    right = (scores.astype(np.float64) >= shared[fold]) == same
    at_one = [float(np.mean([right[(race == r) & (fold == f)].mean() for f in range(FOLDS)])) for r in range(4)]

    def spread(values):
        ratio = (1 - min(values)) / (1 - max(values))
        return {"mean": float(np.mean(values)), "standardDeviation": float(np.std(values, ddof=1)), "ratio": ratio}

    return {"own": own, "atOne": at_one, "spread": spread(own), "spreadAtOne": spread(at_one)}


def videos(rows):
    """Rows 3v, 3v + 1 and 3v + 2 are the frames of video v; pair k is videos 2k and 2k + 1."""
    frames = rows[:, :SIZE]
    count = len(frames) // 3
    pairs = [(2 * k, 2 * k + 1, k % 2 == 0, (k * FOLDS) // (count // 2)) for k in range(count // 2)]
    same, fold = np.array([p[2] for p in pairs]), np.array([p[3] for p in pairs])
    means = np.array([frames[3 * v : 3 * v + 3].astype(np.float64).mean(axis=0) for v in range(count)])
    units = unit(frames)
    mean_cosines = [(units[3 * a : 3 * a + 3] @ units[3 * b : 3 * b + 3].T).mean() for a, b, _, _ in pairs]
    return {
        "means": exact(cosines(means, pairs), same, fold),
        "framePairs": exact(np.array(mean_cosines, dtype=np.float32), same, fold),
        "scores": [float(c) for c in mean_cosines[:10]],
    }


if __name__ == "__main__":
    made = made_pairs()
    smooth = smooth_rows(made)
    kept = {"smooth": rules(smooth, made), "tied": rules(tied_rows(made), made)}
    print(json.dumps({**kept, "races": races(smooth, made), "videos": videos(smooth)}, indent=1))
