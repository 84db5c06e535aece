/** An ONNX export is recognised by its manifest. */
export const EXPORT_MANIFEST = "onnx.json";
