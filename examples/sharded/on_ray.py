"""Runs the shards of a dataset as tasks of a Ray cluster. It takes the command line of up.ts:

    pip install ray
    python on_ray.py up --dataset photos --shards 10 --manifest items.jsonl

RAY_ADDRESS names the cluster. Each of its nodes needs this folder and the manifest at the same path, Node.js, the
pulumi CLI, and a `ray start` that had Pulumi's login and passphrase and the AIDP_... settings in its environment.
"""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

FOLDER = Path(__file__).resolve().parent


# Ray runs a task again if its process or its node dies. What it had done by then is in the state and on the platform.
@ray.remote(num_cpus=1, max_retries=3)
def run_up(*args: str) -> tuple[int, str, str]:
    host = os.uname().nodename
    # A task sees whether a process of its own machine has ended, so it may take over what that has locked.
    command = ["node", "up.ts", *args, "--take-over", host]
    done = subprocess.run(
        command, cwd=FOLDER, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return done.returncode, host, done.stdout


def result_of(task: ray.ObjectRef) -> tuple[int, str, str]:
    try:
        return ray.get(task)
    except ray.exceptions.RayError as error:
        return 1, "Ray", " ".join(str(error).split()) + "\n"


def node_of(host: str) -> str | None:
    """A live Ray node on a machine."""
    alive = (node for node in ray.nodes() if node["Alive"])
    return next((node["NodeID"] for node in alive if node["NodeManagerHostname"] == host), None)


def run_shards(shard_args: dict[str, list[str]]) -> int:
    """Prints what becomes of each shard, and returns how many failed."""
    tasks = {run_up.remote(*args): (shard, set()) for shard, args in shard_args.items()}
    ended = failed = 0
    while tasks:
        [task], _ = ray.wait(list(tasks))
        shard, tried = tasks.pop(task)
        code, host, output = result_of(task)
        # Only the machine whose process has locked the shard can tell whether the process has ended.
        locked = re.search(r"locked by .*@(\S+) \(pid \d+\)", output)
        if locked and locked[1] not in {host, *tried} and (node := node_of(locked[1])):
            there = run_up.options(
                scheduling_strategy=NodeAffinitySchedulingStrategy(node, soft=True)
            )
            tasks[there.remote(*shard_args[shard])] = (shard, {*tried, locked[1]})
            continue
        ended += 1
        failed += code != 0
        print(f"[{ended}/{len(shard_args)}] shard {shard} on {host}")
        for line in output.splitlines():
            if not re.match(r"\d of 1 shards", line):
                print("  " + line.removeprefix("[1/1] "), flush=True)
    return failed


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Other options are those of up.ts.", allow_abbrev=False
    )
    parser.add_argument("command", choices=["preview", "up", "refresh", "destroy"])
    parser.add_argument("--dataset", required=True)
    parser.add_argument("--shards", type=int, required=True)
    parser.add_argument("--only", help="which of the shards, such as 3,7")
    parser.add_argument("--manifest", type=Path, default=Path("items.jsonl"))
    options, others = parser.parse_known_args()

    ray.init(logging_level="warning", log_to_driver=False)
    split = ["--dataset", options.dataset, "--shards", str(options.shards)]
    code, host, output = result_of(run_up.remote("check", *split))
    if code != 0:
        print(f"{host}: {output}", end="", file=sys.stderr)
        return 1

    chosen = options.only.split(",") if options.only else map(str, range(options.shards))
    manifest = ["--manifest", str(options.manifest.resolve())]
    args = [options.command, *split, *manifest, *others, "--checked"]
    shard_args = {shard: [*args, "--only", shard] for shard in chosen}
    try:
        failed = run_shards(shard_args)
    except KeyboardInterrupt:
        print("Stopped: Ray kills the shards that run. Run the same again.", file=sys.stderr)
        return 130
    print(f"{len(shard_args) - failed} of {len(shard_args)} shards done, {failed} failed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
