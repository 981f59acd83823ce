"""Writes scikit-learn.json: what scikit-learn says of numbers made here, for oracle.test.ts.

Run with scikit-learn 1.2.1 (the Debian packages python3-sklearn and python3-scipy):
    python3 packages/forest/oracle/make_oracle.py
The same version writes the same file.
"""

import json
import pathlib

import numpy as np
import sklearn
from scipy.optimize import minimize_scalar
from sklearn.calibration import calibration_curve
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import (
    accuracy_score,
    brier_score_loss,
    confusion_matrix,
    log_loss,
    precision_recall_fscore_support,
)
from sklearn.tree import DecisionTreeClassifier

rng = np.random.default_rng(20)


def numbers(array):
    return [round(float(x), 12) for x in np.asarray(array).ravel()]


def probabilities(rows, classes, sharpness):
    """True probabilities, labels drawn from them, and what a too sure model says."""
    true = rng.dirichlet(np.full(classes, 0.7), rows)
    labels = np.array([rng.choice(classes, p=p) for p in true])
    said = true**sharpness + 1e-9
    said = np.round(said / said.sum(axis=1, keepdims=True), 6)
    said[:, -1] = 1 - said[:, :-1].sum(axis=1)
    return np.clip(said, 0, 1), labels


def metrics_case(rows, classes, weighted):
    said, labels = probabilities(rows, classes, 2.0)
    weights = np.round(rng.uniform(0.1, 3, rows), 6) if weighted else None
    answers = said.argmax(axis=1)
    per_class = precision_recall_fscore_support(
        labels, answers, labels=range(classes), sample_weight=weights, zero_division=0
    )
    macro = precision_recall_fscore_support(labels, answers, average="macro", sample_weight=weights, zero_division=0)
    by_weight = precision_recall_fscore_support(
        labels, answers, average="weighted", sample_weight=weights, zero_division=0
    )
    truth = np.eye(classes)[labels]
    sure = said.max(axis=1)
    share_right, mean_sure = calibration_curve(answers == labels, sure, n_bins=10)
    return {
        "classes": classes,
        "labels": labels.tolist(),
        "probabilities": numbers(said),
        "weights": None if weights is None else numbers(weights),
        "accuracy": accuracy_score(labels, answers, sample_weight=weights),
        "confusion": confusion_matrix(labels, answers, labels=range(classes), sample_weight=weights).tolist(),
        "precision": per_class[0].tolist(),
        "recall": per_class[1].tolist(),
        "f1": per_class[2].tolist(),
        "macroF1": macro[2],
        "weightedF1": by_weight[2],
        "logLoss": log_loss(labels, said, labels=range(classes), eps=1e-15, sample_weight=weights),
        # scikit-learn has Brier's score for two classes only: the sum of that of each class against the rest.
        "brier": sum(brier_score_loss(truth[:, c], said[:, c], sample_weight=weights) for c in range(classes)),
        # scikit-learn's curve knows no weights.
        "curve": None if weighted else {"right": share_right.tolist(), "confidence": mean_sure.tolist()},
    }


def isotonic_case(rows, weighted):
    x = np.round(rng.uniform(0, 1, rows), 2)
    y = (rng.uniform(0, 1, rows) < x**2).astype(float)
    weights = np.round(rng.uniform(0.1, 2, rows), 6) if weighted else np.ones(rows)
    fitted = IsotonicRegression(out_of_bounds="clip").fit(x, y, sample_weight=weights)
    asked = np.round(np.linspace(-0.05, 1.05, 111), 6)
    return {
        "x": numbers(x),
        "y": numbers(y),
        "weights": numbers(weights),
        "asked": numbers(asked),
        "answers": fitted.predict(np.clip(asked, x.min(), x.max())).tolist(),
    }


def temperature_case(rows, classes):
    said, labels = probabilities(rows, classes, 3.0)

    def loss(log_temperature):
        scaled = np.maximum(said, 1e-15) ** (1 / np.exp(log_temperature))
        scaled /= scaled.sum(axis=1, keepdims=True)
        return log_loss(labels, scaled, labels=range(classes), eps=1e-15)

    found = minimize_scalar(loss, bounds=(np.log(0.05), np.log(20)), method="bounded", options={"xatol": 1e-9})
    return {
        "classes": classes,
        "labels": labels.tolist(),
        "probabilities": numbers(said),
        "temperature": float(np.exp(found.x)),
        "loss": float(found.fun),
    }


def tree_case(rows, classes, depth, leaf, weighted):
    """One tree on all rows and features; few rows, so that between all values there is a cut, as here.

    Numbers on which two splits are equally good are drawn anew: which is taken then hangs on the order of features.
    """
    while True:
        case = tree_of_drawn_rows(rows, classes, depth, leaf, weighted)
        if case is not None:
            return case


def tree_of_drawn_rows(rows, classes, depth, leaf, weighted):
    x = np.round(rng.normal(0, 1, (rows, 5)), 9)
    scores = x[:, :3] @ rng.normal(0, 1, (3, classes)) + rng.gumbel(0, 0.5, (rows, classes))
    labels = scores.argmax(axis=1)
    weights = np.round(rng.uniform(0.2, 2, rows), 6) if weighted else None
    settings = {"max_depth": depth, "min_samples_leaf": leaf, "max_features": None, "random_state": 0}
    trees = [
        DecisionTreeClassifier(**{**settings, "random_state": seed}).fit(x, labels, sample_weight=weights)
        for seed in range(20)
    ]
    tree = trees[0]
    if not all(np.array_equal(tree.tree_.feature, other.tree_.feature) for other in trees):
        return None
    return {
        "classes": int(labels.max()) + 1,
        "depth": depth,
        "leaf": leaf,
        "rows": numbers(x),
        "labels": labels.tolist(),
        "weights": None if weights is None else numbers(weights),
        "probabilities": numbers(tree.predict_proba(x)),
        "importances": numbers(tree.feature_importances_),
        "nodes": int(tree.tree_.node_count),
    }


oracle = {
    "madeBy": f"scikit-learn {sklearn.__version__}",
    "metrics": [
        metrics_case(60, 4, False),
        metrics_case(60, 4, True),
        metrics_case(40, 2, False),
        metrics_case(12, 7, True),
    ],
    "isotonic": [isotonic_case(150, False), isotonic_case(150, True)],
    "temperature": [temperature_case(150, 3)],
    "trees": [
        tree_case(120, 3, 2, 1, False),
        tree_case(160, 4, 4, 1, False),
        tree_case(160, 3, 5, 6, False),
        tree_case(120, 3, 3, 1, True),
    ],
}
path = pathlib.Path(__file__).with_name("scikit-learn.json")
path.write_text(json.dumps(oracle, separators=(",", ":")) + "\n")
print(f"{path.name}: {path.stat().st_size} bytes")
