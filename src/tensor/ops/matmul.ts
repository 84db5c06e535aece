/**
 * @module
 * Matrix products: a linear layer on rows, and batched products.
 */
import type { Tensor } from "../graph.ts";
import { formatShape, type Shape, sameShape } from "../shape.ts";
import { reshape, sum } from "./broadcast.ts";

/**
 * y = x Wᵀ + b, as in PyTorch's Linear.
 *
 * @param x `[N, I]`
 * @param weight `[O, I]`
 * @param bias `[O]`
 * @returns `[N, O]`
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const output = gemm(x, weight, { transposeB: true, ...(bias ? { bias } : {}) });
  x.graph.record({
    inputs: bias ? [x, weight, bias] : [x, weight],
    outputs: [output],
    backward: ([g]) => [
      gemm(g!, weight),
      gemm(g!, x, { transposeA: true }),
      ...(bias ? [reshape(sum(g!, [0]), bias.shape)] : []),
    ],
  });
  return output;
}

/**
 * C + Aᵀ B, without backward: adds some rows' share of a weight's gradient to the sum over other rows, without
 * holding the share. The order of summation differs from that of a product that is added afterwards.
 *
 * @param c `[I, O]`
 * @param a `[N, I]`
 * @param b `[N, O]`
 */
export function addProduct(c: Tensor, a: Tensor, b: Tensor): Tensor {
  return gemm(a, b, { transposeA: true, addend: c });
}

/** op(A) op(B) + bias, or + addend, for matrices, without backward. */
function gemm(
  a: Tensor,
  b: Tensor,
  {
    transposeA = false,
    transposeB = false,
    bias,
    addend,
  }: { transposeA?: boolean; transposeB?: boolean; bias?: Tensor; addend?: Tensor } = {},
): Tensor {
  const { graph } = a;
  if (a.shape.length !== 2 || b.shape.length !== 2) {
    throw graph.shapeError(
      "linear",
      `expected matrices, got ${formatShape(a.shape)} and ${formatShape(b.shape)}`,
    );
  }
  const shape = productShape("linear", a, b, transposeA, transposeB);
  if (bias !== undefined && (bias.shape.length !== 1 || bias.shape[0] !== shape[1])) {
    throw graph.shapeError("linear", `expected a bias [${shape[1]}], got ${formatShape(bias.shape)}`);
  }
  if (addend !== undefined && !sameShape(addend.shape, shape)) {
    throw graph.shapeError(
      "linear",
      `expected ${formatShape(shape)} to add to, got ${formatShape(addend.shape)}`,
    );
  }
  const added = bias ?? addend;
  return graph.single("Gemm", added ? [a, b, added] : [a, b], shape, {
    attributes: { transA: BigInt(transposeA), transB: BigInt(transposeB) },
  });
}

export interface MatmulOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  /** Factor on the product. */
  readonly scale?: number;
}

/**
 * scale · op(A) op(B) over the last two axes; the axes before must be equal.
 *
 * @param a `[…, M, K]`, or `[…, K, M]` transposed
 * @param b `[…, K, N]`, or `[…, N, K]` transposed
 */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  const { transposeA = false, transposeB = false, scale = 1 } = options;
  const output = a.graph.single("FusedMatMul", [a, b], productShape("matmul", a, b, transposeA, transposeB), {
    domain: "com.microsoft",
    attributes: { transA: BigInt(transposeA), transB: BigInt(transposeB), alpha: scale },
  });
  a.graph.record({
    inputs: [a, b],
    outputs: [output],
    backward: ([g]) => [
      transposeA
        ? matmul(b, g!, { transposeA: transposeB, transposeB: true, scale })
        : matmul(g!, b, { transposeB: !transposeB, scale }),
      transposeB
        ? matmul(g!, a, { transposeA: true, transposeB: transposeA, scale })
        : matmul(a, g!, { transposeA: !transposeA, scale }),
    ],
  });
  return output;
}

function productShape(
  operation: string,
  a: Tensor,
  b: Tensor,
  transposeA: boolean,
  transposeB: boolean,
): Shape {
  const rank = a.shape.length;
  const [rowsA, columnsA] = lastTwo(a.shape, transposeA);
  const [rowsB, columnsB] = lastTwo(b.shape, transposeB);
  const batch = a.shape.slice(0, -2);
  if (
    rank < 2 ||
    b.shape.length !== rank ||
    columnsA !== rowsB ||
    batch.some((size, i) => size !== b.shape[i])
  ) {
    const mark = (tensor: Tensor, transposed: boolean) =>
      `${formatShape(tensor.shape)}${transposed ? "ᵀ" : ""}`;
    throw a.graph.shapeError(operation, `${mark(a, transposeA)} and ${mark(b, transposeB)} do not multiply`);
  }
  return [...batch, rowsA!, columnsB!];
}

function lastTwo(shape: Shape, transposed: boolean): Shape {
  const two = shape.slice(-2);
  return transposed ? two.toReversed() : two;
}
