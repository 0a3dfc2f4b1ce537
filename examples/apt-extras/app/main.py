"""Answers POST /classify with the three most likely classes of a picture."""

import io

import torch
import torchvision
import uvicorn
from fastapi import FastAPI, UploadFile
from PIL import Image

app = FastAPI()
weights = torchvision.models.ResNet18_Weights.DEFAULT
model = torchvision.models.resnet18(weights=weights).eval().cuda()


@app.get("/health")
def health() -> dict:
    return {"gpu": torch.cuda.get_device_name(0)}


@app.post("/classify")
def classify(picture: UploadFile) -> list[dict]:
    image = Image.open(io.BytesIO(picture.file.read())).convert("RGB")
    with torch.no_grad():
        scores = model(weights.transforms()(image).unsqueeze(0).cuda()).softmax(1)[0]
    best = scores.topk(3)
    return [
        {"class": weights.meta["categories"][index], "score": round(score, 4)}
        for score, index in zip(best.values.tolist(), best.indices.tolist())
    ]


if __name__ == "__main__":
    uvicorn.run(app, host="0.0.0.0", port=8000)
