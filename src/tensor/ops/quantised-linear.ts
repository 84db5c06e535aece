/**
 * @module
 * The product with a quantised matrix. It has no gradient: quantised weights sample and do not learn.
 */
import type { Tensor } from "../graph.ts";
import type { QuantisedMatrix } from "../quantised-matrix.ts";
import { formatShape } from "../shape.ts";

/** onnxruntime multiplies in 8 bits: each row of `x` is rounded too, block by block. */
const EIGHT_BITS = 4n;

/**
 * y = x Wᵀ of a matrix in 8 bits, which is baked into the graph: only constants are packed for the fast kernel.
 *
 * Source: `MatMulNBits` of onnxruntime's contrib operators.
 *
 * @param x `[N, I]`
 * @param weight `[O, I]`
 * @returns `[N, O]`
 */
export function quantisedLinear(x: Tensor, weight: QuantisedMatrix): Tensor {
  const { graph } = x;
  const { rows, columns, blockSize, codes, scales } = weight;
  if (x.shape.length !== 2 || x.shape[1] !== columns) {
    throw graph.shapeError("quantisedLinear", `expected [N, ${columns}], got ${formatShape(x.shape)}`);
  }
  const blocks = scales.length / rows;
  const packed = graph.constant(codes, [rows, blocks, blockSize], "uint8");
  return graph.single(
    "MatMulNBits",
    [x, packed, graph.constant(scales, [rows, blocks])],
    [x.shape[0]!, rows],
    {
      domain: "com.microsoft",
      attributes: {
        K: BigInt(columns),
        N: BigInt(rows),
        bits: 8n,
        block_size: BigInt(blockSize),
        accuracy_level: EIGHT_BITS,
      },
    },
  );
}
