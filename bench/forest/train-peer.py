"""One training by scikit-learn or XGBoost on one thread: train-peer.py DIRECTORY LEARNER SEED TREES.

Reads what bench/forest.ts wrote into the directory, and prints one JSON object.
"""
import json
import sys
import time

import numpy as np

directory, learner, seed, trees = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])


def read(part):
    labels = np.fromfile(f"{directory}/{part}.labels", dtype="<u2")
    return np.fromfile(f"{directory}/{part}.values", dtype="<f8").reshape(len(labels), -1), labels


train, test = read("train"), read("test")
if learner == "random_forest":
    import sklearn
    from sklearn.ensemble import RandomForestClassifier

    # Ours predicts out of bag too.
    model = RandomForestClassifier(trees, n_jobs=1, random_state=seed, oob_score=True)
    name = f"scikit-learn {sklearn.__version__} RandomForestClassifier"
else:
    import xgboost

    model = xgboost.XGBClassifier(
        n_estimators=trees, tree_method="hist", n_jobs=1, max_depth=6, learning_rate=0.3, random_state=seed
    )
    name = f"XGBoost {xgboost.__version__} hist"
wall, cpu = time.perf_counter(), time.process_time()
model.fit(*train)
print(
    json.dumps(
        {
            "name": name,
            "train_s": time.perf_counter() - wall,
            "train_cpu_s": time.process_time() - cpu,
            "accuracy": float((model.predict(test[0]) == test[1]).mean()),
        }
    )
)
