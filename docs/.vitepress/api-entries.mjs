/**
 * TypeDoc plug-in: the modules of the API reference are the subpath exports of package.json, each under the name that it is
 * imported by. Types of thousands of characters, such as that of the whole configuration, are left to the editor.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Converter, ReflectionKind } from "typedoc";
import { MarkdownPageEvent } from "typedoc-plugin-markdown";

/** Characters of a line of a page. */
const LONGEST = 1_500;
const TOO_LONG = "a type too long for this page: the configuration reference names its keys";
const root = new URL("../../", import.meta.url);
const { name, exports } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
const subpaths = new Map(
  Object.entries(exports)
    .filter(([, target]) => target.endsWith("/index.js"))
    .map(([subpath, target]) => [
      fileURLToPath(new URL(target.replace("./dist/", "src/").replace(/\.js$/, ".ts"), root)),
      subpath.replace(".", name),
    ]),
);

/** A line of Markdown that is not too long: the name that it declares stays. */
function shortened(line) {
  if (line.length <= LONGEST) return line;
  const declared = /^> .*?\*\*.*?\*\*/.exec(line)?.[0];
  const cells = /^\| (?:<a id="[^"]*"><\/a> )?`[^`]*`/.exec(line)?.[0];
  if (cells !== undefined) return `${cells} | ${TOO_LONG} |`;
  return declared === undefined ? `*${TOO_LONG}*` : `${declared}: *${TOO_LONG}*`;
}

/** Makes the text after @module the description. */
function aboutFirst(_context, { comment }) {
  const tag = comment?.getTag("@module");
  if (tag === undefined) return;
  comment.removeTags("@module");
  comment.summary = [...tag.content, ...comment.summary];
}

/** Called by TypeDoc. */
export function load(application) {
  application.on("bootstrapEnd", () => application.options.setValue("entryPoints", [...subpaths.keys()]));
  // Before TypeDoc takes the text after @module for a name.
  application.converter.on(Converter.EVENT_CREATE_DECLARATION, aboutFirst, 1_000);
  application.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
    if (!reflection.kindOf(ReflectionKind.Module)) return;
    const subpath = subpaths.get(context.project.getSymbolIdFromReflection(reflection)?.fileName);
    if (subpath !== undefined) reflection.name = subpath;
  });
  application.renderer.on(MarkdownPageEvent.END, (page) => {
    page.contents = page.contents?.split("\n").map(shortened).join("\n");
  });
}
