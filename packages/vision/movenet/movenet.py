#!/usr/bin/env python3
"""MoveNet Lightning on ONNX Runtime: 17 keypoints of one person's pose in a picture."""
import argparse
import json
import os
import pathlib
import urllib.request

POINTS = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow",
    "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle",
    "right_ankle",
)
SIZE = 192


def model():
    """Returns the path of the model, and downloads it if it does not exist."""
    revision = os.environ["MOVENET_REVISION"]
    path = pathlib.Path(os.environ.get("MOVENET_CACHE", "/tmp/movenet")) / revision / "model.onnx"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        url = f"https://huggingface.co/Xenova/movenet-singlepose-lightning/resolve/{revision}/onnx/model.onnx"
        part = path.with_suffix(f".{os.getpid()}")
        urllib.request.urlretrieve(url, part)
        part.replace(path)
    return path


class Pose:
    """Estimates poses, on the GPU if ONNX Runtime supports it."""

    def __init__(self):
        import onnxruntime

        wanted = ("CUDAExecutionProvider", "CPUExecutionProvider")
        providers = [one for one in wanted if one in onnxruntime.get_available_providers()]
        self.session = onnxruntime.InferenceSession(str(model()), providers=providers)
        self.input = self.session.get_inputs()[0]

    def estimate(self, picture):
        """Returns a row of y, x and score for each of POINTS; y and x are fractions of the picture (height, width, RGB)."""
        import numpy
        from PIL import Image

        height, width = picture.shape[:2]
        scale = SIZE / max(height, width)
        small = (max(1, round(width * scale)), max(1, round(height * scale)))
        square = Image.new("RGB", (SIZE, SIZE))
        left, top = (SIZE - small[0]) // 2, (SIZE - small[1]) // 2
        square.paste(Image.fromarray(picture).resize(small), (left, top))
        kind = {"tensor(int32)": "int32", "tensor(uint8)": "uint8"}.get(self.input.type, "float32")
        batch = numpy.asarray(square)[None].astype(kind)
        points = self.session.run(None, {self.input.name: batch})[0].reshape(len(POINTS), 3)
        points[:, 0] = (points[:, 0] * SIZE - top) / small[1]
        points[:, 1] = (points[:, 1] * SIZE - left) / small[0]
        return points


def main():
    """Prints the keypoints of a person in a picture as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("picture", type=pathlib.Path)
    picture = parser.parse_args().picture

    import numpy
    from PIL import Image

    points = Pose().estimate(numpy.asarray(Image.open(picture).convert("RGB")))
    print(json.dumps({name: [round(float(value), 4) for value in point] for name, point in zip(POINTS, points)}))


if __name__ == "__main__":
    main()
