"""Scores the synthetic sets of synthetic-sets.ts by the definitions of the protocols, word for word.

Every rule is applied to whole matrices of scores, without any of the shortcuts that large sets need.
Scores are computed in f64 and rounded to f32, so that scores that are equal but for rounding tie.

COSFACE_RECOMPUTE=1 npx vitest run test/protocols writes numbers.json, which npx biome check --write then formats.
"""
import json
import math
import os
import struct
import sys

import numpy as np

FARS = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1]


def unit(rows):
    lengths = np.sqrt((rows ** 2).sum(axis=1, keepdims=True))
    lengths[lengths == 0] = 1
    return rows / lengths


def cosines(left, right):
    return (unit(left.astype(np.float64)) @ unit(right.astype(np.float64)).T).astype(np.float32)


def accepts(scores, thresholds):
    """How many scores are at least as high as each threshold."""
    return len(scores) - np.searchsorted(np.sort(scores), thresholds, side="left")


def strict_tar(genuine, impostor, far):
    """The lowest threshold among the scores whose FAR is at most `far`; None where one accept is already more."""
    if far * len(impostor) < 1 - 1e-12:
        return None
    thresholds = np.unique(np.concatenate([genuine, impostor]))
    allowed = thresholds[accepts(impostor, thresholds) / len(impostor) <= far]
    return float(accepts(genuine, allowed.min()) / len(genuine)) if len(allowed) > 0 else 0.0


def roc(genuine, impostor):
    thresholds = np.unique(np.concatenate([genuine, impostor]))[::-1]
    points = np.stack([accepts(impostor, thresholds), accepts(genuine, thresholds)], axis=1)
    return np.concatenate([[[0, 0]], points])


def nearest(points, genuine_count, impostor_count, far):
    """Of the points with the nearest FAR the one with the highest FAR, and of those the highest TAR."""
    fars = points[:, 0] / impostor_count
    distances = np.abs(fars - far)
    candidates = [i for i in range(len(points)) if distances[i] == distances.min()]
    i = max(candidates, key=lambda i: (points[i, 0], points[i, 1]))
    return {"far": fars[i], "tar": points[i, 1] / genuine_count}


def corners(points):
    """scikit-learn's roc_curve drops points between two equal steps, but neither the start nor the first score."""
    keep = [0, 1]
    for i in range(2, len(points) - 1):
        if (points[i] - points[i - 1] != points[i + 1] - points[i]).any():
            keep.append(i)
    return points[sorted({*keep, len(points) - 1})]


def ijb_lines(folder, name):
    with open(os.path.join(folder, "meta", name)) as lines:
        return [line.split() for line in lines if line.strip()]


def templates_of(folder, embeddings, keep_norm, use_scores):
    members = ijb_lines(folder, "ijbc_face_tid_mid.txt")
    scores = np.array([float(fields[11]) for fields in ijb_lines(folder, "ijbc_name_5pts_score.txt")])
    rows = embeddings.astype(np.float64)
    if not keep_norm:
        rows = unit(rows)
    if use_scores:
        rows = rows * scores[:, None]
    numbers = sorted({int(template) for _, template, _ in members})
    pooled = []
    for number in numbers:
        own = [(int(medium), i) for i, (_, template, medium) in enumerate(members) if int(template) == number]
        total = np.zeros(rows.shape[1])
        for medium in {medium for medium, _ in own}:
            total = total + rows[[i for m, i in own if m == medium]].mean(axis=0)
        pooled.append(total)
    return numbers, unit(np.array(pooled))


def people(numbers, genuine_pairs):
    """Templates that genuine pairs connect are one person's."""
    person = {number: number for number in numbers}
    changed = True
    while changed:
        changed = False
        for a, b in genuine_pairs:
            low = min(person[a], person[b])
            changed = changed or person[a] != low or person[b] != low
            person[a] = person[b] = low
    return [person[a] for a, _ in genuine_pairs]


def verification(folder, numbers, templates):
    row = {number: i for i, number in enumerate(numbers)}
    pairs = [tuple(map(int, fields)) for fields in ijb_lines(folder, "ijbc_template_pair_label.txt")]
    score = {(a, b): np.float32((templates[row[a]] * templates[row[b]]).sum()) for a, b, _ in pairs}
    genuine_pairs = [(a, b) for a, b, label in pairs if label == 1]
    genuine = np.array([score[pair] for pair in genuine_pairs], np.float32)
    impostor = np.array([score[(a, b)] for a, b, label in pairs if label == 0], np.float32)
    points = roc(genuine, impostor)
    kept = corners(points)
    return {
        "genuineCount": len(genuine),
        "impostorCount": len(impostor),
        "personCount": len(set(people(numbers, genuine_pairs))),
        "points": [
            {
                "far": far,
                "strict": strict_tar(genuine, impostor, far),
                "nearest": nearest(points, len(genuine), len(impostor), far),
                "nearestCorner": nearest(kept, len(genuine), len(impostor), far),
            }
            for far in FARS
        ],
    }


def csv(folder, name):
    with open(os.path.join(folder, "meta", name)) as lines:
        rows = [line.strip().split(",") for line in list(lines)[1:] if line.strip()]
    seen = {}
    for template, subject in ((int(row[0]), int(row[1])) for row in rows):
        seen.setdefault(template, subject)
    return list(seen.items())


def search(probes, gallery, scores):
    """Rates of searches: scores[probe, row]."""
    subjects = np.array([subject for _, subject in gallery])
    mated = [(i, int(np.flatnonzero(subjects == subject)[0])) for i, (_, subject) in enumerate(probes) if subject in subjects]
    non_mates, tops, unmated_tops = [], [], []
    for i, (_, subject) in enumerate(probes):
        others = scores[i][subjects != subject]
        non_mates.extend(others)
        tops.append(others.max())
        if subject not in subjects:
            unmated_tops.append(others.max())
    strict = [1 + int((np.delete(scores[i], m) >= scores[i, m]).sum()) for i, m in mated]
    lenient = [1 + int((np.delete(scores[i], m) > scores[i, m]).sum()) for i, m in mated]

    def tpir(values, count, fpir):
        threshold = np.sort(np.array(values))[::-1][math.ceil(count * fpir) - 1]
        above = np.array([scores[i, m] > threshold for i, m in mated])
        return {
            "fpir": fpir,
            "tpir": float(above.mean()),
            "rankOneTpir": float((above & (np.array(strict) == 1)).mean()),
        }

    searches = unmated_tops if unmated_tops else tops
    return {
        "matedCount": len(mated),
        "ranks": [
            {
                "rank": k,
                "strict": float(np.mean([rank <= k for rank in strict])),
                "lenient": float(np.mean([rank <= k for rank in lenient])),
            }
            for k in (1, 5, 10)
        ],
        "byPairs": [tpir(non_mates, len(probes), fpir) for fpir in (0.01, 0.1)],
        "bySearches": [tpir(searches, len(searches), fpir) for fpir in (0.01, 0.1)],
    }


def identification(folder, numbers, templates):
    row = {number: i for i, number in enumerate(numbers)}
    probes = csv(folder, "ijbc_1N_probe_mixed.csv")
    galleries = [csv(folder, "ijbc_1N_gallery_G%d.csv" % i) for i in (1, 2)]

    def scores(gallery):
        left = templates[[row[template] for template, _ in probes]]
        right = templates[[row[template] for template, _ in gallery]]
        return np.array([[(a * b).sum() for b in right] for a in left]).astype(np.float32)

    joined = galleries[0] + galleries[1]
    return {
        "joined": search(probes, joined, scores(joined)),
        "alone": [search(probes, gallery, scores(gallery)) for gallery in galleries],
    }


def tinyface(folder):
    def read(part):
        names = sorted(os.listdir(os.path.join(folder, "Testing_Set", part)))
        return names, np.load(os.path.join(folder, part + ".npy"))

    probe_names, probes = read("Probe")
    match_names, matches = read("Gallery_Match")
    _, distractors = read("Gallery_Distractor")
    label = lambda name: int(name.split("_")[0])
    gallery = np.array([label(name) for name in match_names] + [-100] * len(distractors))
    scores = cosines(probes, np.concatenate([matches, distractors]))
    ranks = {"strict": [], "lenient": []}
    for i, name in enumerate(probe_names):
        mates = gallery == label(name)
        if not mates.any():
            continue
        best = scores[i][mates].max()
        ranks["strict"].append(1 + int((scores[i][~mates] >= best).sum()))
        ranks["lenient"].append(1 + int((scores[i][~mates] > best).sum()))
    return {
        "probeCount": len(ranks["strict"]),
        "ranks": [
            {"rank": k, **{rule: float(np.mean(np.array(found) <= k)) for rule, found in ranks.items()}}
            for k in (1, 5, 20)
        ],
    }


def feature(path):
    if path.endswith(".npy"):
        return np.load(path)
    with open(path, "rb") as file:
        length, columns, size, kind = struct.unpack("<4i", file.read(16))
        assert (columns, size, kind) == (1, 4, 5)
        return np.array(struct.unpack("<%df" % length, file.read()), np.float32)


def megaface(folder, with_noise_lists):
    with open(os.path.join(folder, "facescrub_features_list.json")) as file:
        probe_list = json.load(file)
    with open(os.path.join(folder, "megaface_features_list.json_60_1")) as file:
        distractor_list = json.load(file)
    probes = np.array([feature(os.path.join(folder, "facescrub", p + "_net.bin")) for p in probe_list["path"]])
    distractors = np.array(
        [feature(os.path.join(folder, "megaface", os.path.splitext(p)[0] + ".npy")) for p in distractor_list["path"]]
    )
    if with_noise_lists:
        read = lambda name: [
            line.strip().split("\t")[-1] for line in open(os.path.join(folder, name)) if not line.startswith("#")
        ]
        noisy = set(read("facescrub_noises.txt"))
        clean = probes.astype(np.float64).copy()
        for i, path in enumerate(probe_list["path"]):
            if os.path.basename(path) in noisy:
                own = [
                    j
                    for j, other in enumerate(probe_list["path"])
                    if probe_list["id"][j] == probe_list["id"][i] and os.path.basename(other) not in noisy
                ]
                clean[i] = unit(probes[own].astype(np.float64).sum(axis=0)[None])[0].astype(np.float32)
        probes = clean
        noisy = set(read("megaface_noises.txt"))
        distractors = np.array([0 * d if p in noisy else d for p, d in zip(distractor_list["path"], distractors)])
    own, others = cosines(probes, probes), cosines(probes, distractors)
    strict, lenient, genuine = [], [], []
    for mate in range(len(probes)):
        for probe in range(len(probes)):
            if probe == mate or probe_list["id"][probe] != probe_list["id"][mate]:
                continue
            strict.append(int((others[probe] >= own[probe, mate]).sum()))
            lenient.append(int((others[probe] > own[probe, mate]).sum()))
            if probe < mate:
                genuine.append(own[probe, mate])
    fars = [1e-3, 1e-2, 1e-1]
    return {
        "trialCount": len(strict),
        "rankRates": [float(np.mean(np.array(strict) < k)) for k in range(1, 11)],
        "lenientRankRates": [float(np.mean(np.array(lenient) < k)) for k in range(1, 11)],
        "tars": [strict_tar(np.array(genuine), others.ravel(), far) for far in fars],
    }


def all_pairs(folder):
    embeddings = np.load(os.path.join(folder, "embeddings.npy"))
    labels = np.array([int(fields[0].split("_")[0]) for fields in ijb_lines(folder, "ijbc_face_tid_mid.txt")])
    scores = cosines(embeddings, embeddings)
    above = np.triu(np.ones(scores.shape, bool), 1)
    same = labels[:, None] == labels[None, :]
    genuine, impostor = scores[above & same], scores[above & ~same]
    return {
        "genuineCount": len(genuine),
        "impostorCount": len(impostor),
        "tars": [strict_tar(genuine, impostor, far) for far in (1e-3, 1e-2, 0.1)],
    }


def numbers_of(folder):
    embeddings = np.load(os.path.join(folder, "embeddings.npy"))
    result = {}
    for name, keep_norm, use_scores in (("N1D1", True, True), ("N1D0", True, False), ("N0D1", False, True)):
        numbers, templates = templates_of(folder, embeddings, keep_norm, use_scores)
        result[name] = {
            "verification": verification(folder, numbers, templates),
            "identification": identification(folder, numbers, templates),
        }
    return {
        "ijbc": result,
        "tinyface": tinyface(folder),
        "megaface": megaface(folder, False),
        "megafaceWithoutNoise": megaface(folder, True),
        "allPairs": all_pairs(folder),
    }


json.dump({name: numbers_of(os.path.join(sys.argv[1], name)) for name in ("fine", "tied")}, sys.stdout, indent=1)
print()
