/**
 * @module
 * The kind of a packed file by its name: zip archives are read in place, other archives must be unpacked
 * first.
 */

const WHOLE = /\.(zip|tar|tgz|tbz2?|txz|gz|bz2|zst|xz|7z|rar)$/i;
/** As in images.z01, images.zip.001 and images.tar.gz.part-aa. */
const PART = /\.(z\d{2,3}|(zip|tar|tgz|gz|bz2|zst|xz|7z|rar)[._-](part[._-]?)?([a-z]{2}|\d{1,4}))$/i;

function isPart(name: string): boolean {
  return PART.test(name) && !WHOLE.test(name);
}

/** Whether a name is one of a packed file, or of a part of one. */
export function isArchive(name: string): boolean {
  return WHOLE.test(name) || isPart(name);
}

/** Whether a name is one of an archive whose entries can be read one by one, in any order. */
export function isZip(name: string): boolean {
  return /\.zip$/i.test(name);
}

/** Programs that unpack a single compressed file, by its ending. */
const SINGLE: Readonly<Record<string, string>> = { gz: "gunzip", zst: "unzstd", xz: "unxz", bz2: "bunzip2" };

/** The command that makes the files of an archive readable which cannot be read in place. */
export function unpackHint(name: string): string {
  const [, ending = ""] = /(?<!\.tar)\.(gz|zst|xz|bz2)$/i.exec(name) ?? [];
  const program = SINGLE[ending.toLowerCase()];
  if (program !== undefined) return `unpack it (${program})`;
  return isPart(name)
    ? "join its parts and unpack it (cat, zip -s 0, unzip, tar -xf)"
    : "unpack it (unzip, tar -xf)";
}
