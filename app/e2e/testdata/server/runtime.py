"""An ONNX model for MLServer: its inputs and outputs as the file has them, run by ONNX Runtime."""

import asyncio

import numpy
import onnxruntime
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse, MetadataTensor

TYPES = {
    "tensor(float)": "FP32", "tensor(double)": "FP64", "tensor(int64)": "INT64",
    "tensor(int32)": "INT32", "tensor(uint8)": "UINT8",
}


def described(tensors):
    return [
        MetadataTensor(
            name=t.name, datatype=TYPES[t.type],
            shape=[side if isinstance(side, int) else -1 for side in t.shape],
        )
        for t in tensors
    ]


class OnnxRuntime(MLModel):
    async def load(self) -> bool:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(
            self.settings.parameters.uri, options, providers=["CPUExecutionProvider"])
        self.inputs = described(self.session.get_inputs())
        self.outputs = described(self.session.get_outputs())
        return True

    async def predict(self, request: InferenceRequest) -> InferenceResponse:
        feed = {i.name: NumpyCodec.decode_input(i) for i in request.inputs}
        results = await asyncio.to_thread(self.session.run, None, feed)
        return InferenceResponse(model_name=self.name, outputs=[
            NumpyCodec.encode_output(o.name, numpy.ascontiguousarray(r))
            for o, r in zip(self.outputs, results)
        ])
