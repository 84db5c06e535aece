/**
 * @module
 * The problem: the images, drawn again from their source, with attention over them, the question and the answer.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import type { ImageAttention } from "../../src/view/protocol.ts";
import { askTrouble, type ImageRun, imageAddress } from "./api.ts";
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

/** An image with attention over it, or why it is missing. */
export function Frame({
  address,
  overlay,
}: {
  readonly address: string;
  readonly overlay: Overlay | undefined;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState<{ readonly width: number; readonly height: number } | undefined>(
    undefined,
  );
  const [missing, setMissing] = useState<string | undefined>(undefined);
  const colours = theme.value;
  useEffect(() => {
    if (canvas.current !== null && overlay !== undefined) paint(canvas.current, overlay);
  }, [overlay, colours]);
  const scale = size === undefined ? 1 : Math.min(SHOWN / size.width, SHOWN / size.height);
  const isPhotograph = size !== undefined && Math.max(size.width, size.height) > PIXEL_ART;
  if (missing !== undefined) {
    return (
      <p class="small soft">
        The image is not available from its source{missing === "" ? "" : `: ${missing}`}.
      </p>
    );
  }
  return (
    <div class="frame">
      <img
        class={isPhotograph ? "smooth" : ""}
        src={address}
        loading="lazy"
        alt="The subject of the question"
        width={size === undefined ? SHOWN : Math.round(size.width * scale)}
        height={size === undefined ? SHOWN : Math.round(size.height * scale)}
        onLoad={({ currentTarget }) =>
          setSize({ width: currentTarget.naturalWidth, height: currentTarget.naturalHeight })
        }
        onError={() => void askTrouble(address).then(setMissing)}
      />
      {overlay !== undefined && (
        <canvas ref={canvas} data-overlay={overlay.values.map((value) => value.toPrecision(3)).join(" ")} />
      )}
    </div>
  );
}

/**
 * The images of a problem, each with its own state. Where there is attention, its model saw them: another model
 * than the run's may see other frames of a video, and earlier releases recorded too few of some.
 */
export function ProblemImagesView({
  run,
  index,
  count,
  overlays,
}: {
  readonly run: ImageRun;
  readonly index: number;
  /** How many the run recorded; null where it did not: then one is shown until there is attention. */
  readonly count: number | null;
  readonly overlays: readonly Overlay[];
}) {
  const known = overlays.length > 0 ? overlays.length : count;
  return (
    <div class="frames">
      {Array.from({ length: known ?? 1 }, (_, place) => {
        const address = imageAddress(run, index, place, known);
        return <Frame key={address} address={address} overlay={overlays[place]} />;
      })}
    </div>
  );
}
