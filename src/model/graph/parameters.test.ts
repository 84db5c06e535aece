import { describe, expect, test } from "vitest";
import { ShapeError } from "../../errors/index.ts";
import { elementCount, Graph } from "../../tensor/index.ts";
import { CHECKPOINTS, checkpointDirectory } from "../../testing/model-fixtures.ts";
import { graphsOf } from "../architectures/graphs.ts";
import { readConfig } from "../directory.ts";
import { GraphParameters, parameterLayout } from "./parameters.ts";

describe.each(CHECKPOINTS)("the layout of %s", (name) => {
  const config = readConfig(checkpointDirectory(name));
  const graphs = graphsOf(config);
  const layout = parameterLayout(graphs);

  test("holds every parameter once, under its name and in its shape", () => {
    expect(new Map([...layout.parameters.values()].map((view) => [view.name, view.shape]))).toEqual(
      graphs.names.shapes,
    );
  });

  test("leaves no gap and no overlap, in parameters or in packs", () => {
    for (const views of [layout.parameters, layout.packs]) {
      let end = 0;
      for (const { offset, size, shape } of [...views.values()].sort((a, b) => a.offset - b.offset)) {
        expect(offset).toBe(end);
        expect(size).toBe(elementCount(shape));
        end += size;
      }
      expect(end).toBe(layout.size);
    }
  });

  test("lets each pack hold whole parameters side by side, queries and keys among them", () => {
    for (const { offset, size } of layout.packs.values()) {
      const members = [...layout.parameters.values()].filter(
        (parameter) => parameter.offset >= offset && parameter.offset < offset + size,
      );
      expect(members.reduce((sum, member) => sum + member.size, 0)).toBe(size);
      expect(new Set(members.map(({ shape }) => shape.slice(1).join())).size).toBe(1);
    }
    const [query, key] = ["q", "k"].map((letter) =>
      layout.parameters.get(`model.layers.0.self_attn.${letter}_proj.weight`),
    );
    expect(key!.offset).toBe(query!.offset + query!.size);
  });

  test("has a head only where the embedding is none", () => {
    expect(layout.packs.has("head")).toBe(!config.text.tieWordEmbeddings);
  });
});

test("a graph declares a pack once, and refuses one that is not there", () => {
  const graphs = graphsOf(readConfig(checkpointDirectory("tied-gqa")));
  const graph = new Graph();
  const parameters = new GraphParameters(graph, parameterLayout(graphs));
  expect(parameters.pack("norm")).toBe(parameters.pack("norm"));
  expect([...parameters.used.keys()]).toEqual(["norm"]);
  expect(() => parameters.pack("head")).toThrow(ShapeError);
  expect(() => parameters.pack("head")).toThrow('no pack named "head"');
});
