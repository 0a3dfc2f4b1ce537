from nvidia.dali import fn, pipeline_def


@pipeline_def(batch_size=2, num_threads=1, device_id=0)
def noise():
    return fn.random.uniform(device="gpu", range=[0, 1], shape=[4])


pipeline = noise()
pipeline.build()
(batch,) = pipeline.run()
assert batch.as_cpu().as_array().shape == (2, 4)
