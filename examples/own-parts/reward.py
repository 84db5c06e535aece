"""The reward `nearness` of shapes.ts as a command: a JSON line in, a JSON line out.

    reward: [{ command: [python3, reward.py, "2"], name: nearness }]
"""

import json
import sys

tolerance = float(sys.argv[1])


def nearness(extracted, count):
    try:
        off = abs(float(extracted) - count)
    except (TypeError, ValueError):
        return 0.0
    return max(0.0, 1 - off / tolerance)


for line in sys.stdin:
    asked = json.loads(line)
    reward = nearness(asked["extracted"], asked["problem"]["columns"]["count"])
    print(json.dumps({"reward": reward}), flush=True)
