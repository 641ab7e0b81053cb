// What the pages use of ONNX Runtime Web, which is served beside them and no part of the sources.
declare module '/engine/*' {
  export const env: any;
  export const InferenceSession: any;
  export const Tensor: any;
}
