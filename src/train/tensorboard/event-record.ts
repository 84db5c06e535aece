/**
 * @module
 * One event of a TensorBoard event file: the message, and the frame around it. Fields by their numbers in TensorFlow's
 * event.proto and summary.proto.
 */
import { ProtobufWriter } from "../../tensor/protobuf.ts";
import { maskedCrc32c } from "./crc32c.ts";

/** The first record of every event file. */
const FILE_VERSION = "brain.Event:2";
/** Fields of tensorboard.Event. */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 } as const;
/** Fields of tensorboard.Summary.Value. */
const VALUE = { tag: 1, simpleValue: 2, tensor: 8, metadata: 9 } as const;
const DT_STRING = 7;
/** tensorboard.SessionLog.status: a run starts or resumes. */
const SESSION = { status: 1, start: 1 } as const;

/** When something happened. */
export interface Moment {
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly step: number;
}

/**
 * A message in its frame: length, checksum of the length, message, checksum of the message, little-endian.
 */
function framed(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(message.length + 16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(message.length), true);
  view.setUint32(8, maskedCrc32c(bytes.subarray(0, 8)), true);
  bytes.set(message, 12);
  view.setUint32(12 + message.length, maskedCrc32c(message), true);
  return bytes;
}

function event({ wallTime, step }: Moment, write: (writer: ProtobufWriter) => void): Uint8Array {
  const writer = new ProtobufWriter();
  writer.double(EVENT.wallTime, wallTime);
  if (step !== 0) writer.integer(EVENT.step, step);
  write(writer);
  return framed(writer.finish());
}

/** The first record of a file. */
export function versionRecord(wallTime: number): Uint8Array {
  return event({ wallTime, step: 0 }, (writer) => writer.string(EVENT.fileVersion, FILE_VERSION));
}

/** A run that starts again at a step: TensorBoard drops its records of this step and of later steps. */
export function restartRecord(moment: Moment): Uint8Array {
  return event(moment, (writer) =>
    writer.message(EVENT.sessionLog, (log) => log.integer(SESSION.status, SESSION.start)),
  );
}

/** Numbers of one step by tag, in single precision. */
export function scalarsRecord(
  moment: Moment,
  values: Iterable<readonly [tag: string, value: number]>,
): Uint8Array {
  return event(moment, (writer) =>
    writer.message(EVENT.summary, (summary) => {
      for (const [tag, value] of values) {
        summary.message(1, (one) => {
          one.string(VALUE.tag, tag);
          one.float(VALUE.simpleValue, value);
        });
      }
    }),
  );
}

/** A text, shown as Markdown. */
export function textRecord(moment: Moment, tag: string, text: string): Uint8Array {
  return event(moment, (writer) =>
    writer.message(EVENT.summary, (summary) =>
      summary.message(1, (one) => {
        one.string(VALUE.tag, tag);
        one.message(VALUE.tensor, (tensor) => {
          tensor.integer(1, DT_STRING);
          tensor.message(2, () => undefined);
          tensor.string(8, text);
        });
        one.message(VALUE.metadata, (metadata) => metadata.message(1, (plugin) => plugin.string(1, "text")));
      }),
    ),
  );
}
