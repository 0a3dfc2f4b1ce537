#!/bin/sh
# Records demonstrations with the leader arm; they land on the volume.
set -eu
exec lerobot-record \
    --robot.type=so101_follower --robot.port=/dev/ttyACM_follower --robot.id=follower \
    --teleop.type=so101_leader --teleop.port=/dev/ttyACM_leader --teleop.id=leader \
    --robot.cameras='{ front: { type: opencv, index_or_path: 0, width: 640, height: 480, fps: 30 } }' \
    --dataset.repo_id="${1:?name of the dataset, such as me/pick}" \
    --dataset.num_episodes=20 --dataset.push_to_hub=false \
    --dataset.single_task="${2:?what is done, such as \"pick the cube\"}"
