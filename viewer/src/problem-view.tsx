/**
 * @module
 * The problem: the images, drawn again from their source, with attention over them, the question and the answer.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import type { ImageAttention } from "../../src/view/protocol.ts";
import { imageAddress } from "./api.ts";
import { cssValue, theme } from "./theme.ts";

const SHOWN = 300;
/** Images with longer sides are photographs, which are not shown as squares of pixels. */
const PIXEL_ART = 200;

/** One token's attention on one image. */
export interface Overlay extends Pick<ImageAttention, "rows" | "columns"> {
  /** `[rows × columns]` */
  readonly values: readonly number[];
}

/** Each patch as a square of one colour, as strong as its share of the strongest. */
function paint(canvas: HTMLCanvasElement, { rows, columns, values }: Overlay): void {
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext("2d");
  if (context === null) return;
  const most = Math.max(...values, 1e-12);
  const [red = 0, green = 0, blue = 0] = cssValue("--minus").split(" ").map(Number);
  const pixels = context.createImageData(columns, rows);
  values.forEach((value, i) => {
    pixels.data.set([red, green, blue, Math.round((value / most) * 165)], i * 4);
  });
  context.putImageData(pixels, 0, 0);
}

/** An image with attention over it. */
export function Frame({
  address,
  overlay,
  onMissing,
}: {
  address: string;
  overlay: Overlay | undefined;
  onMissing: () => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState<{ readonly width: number; readonly height: number } | undefined>(
    undefined,
  );
  const colours = theme.value;
  useEffect(() => {
    if (canvas.current !== null && overlay !== undefined) paint(canvas.current, overlay);
  }, [overlay, colours]);
  const scale = size === undefined ? 1 : Math.min(SHOWN / size.width, SHOWN / size.height);
  const isPhotograph = size !== undefined && Math.max(size.width, size.height) > PIXEL_ART;
  return (
    <div class="frame">
      <img
        class={isPhotograph ? "smooth" : ""}
        src={address}
        alt="The subject of the question"
        width={size === undefined ? SHOWN : Math.round(size.width * scale)}
        height={size === undefined ? SHOWN : Math.round(size.height * scale)}
        onLoad={({ currentTarget }) =>
          setSize({ width: currentTarget.naturalWidth, height: currentTarget.naturalHeight })
        }
        onError={onMissing}
      />
      {overlay !== undefined && (
        <canvas ref={canvas} data-overlay={overlay.values.map((value) => value.toPrecision(3)).join(" ")} />
      )}
    </div>
  );
}

/** The images of a problem. How many there are is known once one is missing. */
export function ProblemImagesView({
  run,
  index,
  overlays,
}: {
  run: string;
  index: number;
  overlays: readonly Overlay[];
}) {
  const [count, setCount] = useState(1);
  const [isMissing, setMissing] = useState(false);
  useEffect(() => {
    setCount(Math.max(1, overlays.length));
  }, [overlays.length]);
  if (isMissing) return <p class="small soft">The image is not available from its source.</p>;
  return (
    <div class="frames">
      {Array.from({ length: count }, (_, place) => (
        <Frame
          key={place}
          address={imageAddress(run, index, place)}
          overlay={overlays[place]}
          onMissing={() => setMissing(true)}
        />
      ))}
    </div>
  );
}
