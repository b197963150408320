import { readWeights } from "../cut-out/inference.ts";
import { type Attribute, constant, model, node } from "./onnx-writer.ts";

/** ESRGAN "slim" ×2 of UpscalerJS, MIT. Published for TensorFlow.js; we run ONNX, so it is rewritten when loaded. */
const PACKAGE = "@upscalerjs/esrgan-slim";
const TOPOLOGY_SHA256 = "8efb488c2caed0196a6163e3f06798f9245e92623ffd50654a26c372e09150ea";
const WEIGHTS_SHA256 = "5cb464ae4d390ce0a771afd5feaf60fbfcdb18ab48a56db98cdf6b88202369de";

type Layer = {
  class_name: string;
  name: string;
  inbound_nodes: [string, ...unknown[]][][];
  config: {
    activation?: string;
    use_bias?: boolean;
    padding?: string;
    strides?: number[];
    size?: number[];
    interpolation?: string;
  };
};
type Topology = {
  modelTopology: {
    model_config: { config: { layers: Layer[]; output_layers: [string, ...unknown[]][] } };
  };
  weightsManifest: { weights: { name: string; shape: number[]; dtype: string }[] }[];
};
type Weights = Map<string, { shape: number[]; values: Float32Array }>;
type Graph = {
  nodes: Uint8Array[];
  constants: Uint8Array[];
  /** Name of the value each layer produced. */
  produced: Map<string, string>;
};

export const INPUT = "photo";
export const OUTPUT = "enlarged";

export async function esrganModel(): Promise<Uint8Array> {
  const [topologyBytes, weightBytes] = await Promise.all([
    readWeights(PACKAGE, "models/x2/model.json", TOPOLOGY_SHA256),
    readWeights(PACKAGE, "models/x2/group1-shard1of1.bin", WEIGHTS_SHA256),
  ]);
  // The checksum above fixes what is in the file, so its shape needs no further proof.
  const topology = JSON.parse(Buffer.from(topologyBytes).toString()) as Topology;
  const weights = splitWeights(topology, weightBytes);
  const { layers, output_layers } = topology.modelTopology.model_config.config;
  const graph: Graph = { nodes: [], constants: [], produced: new Map() };
  for (const layer of layers) graph.produced.set(layer.name, addLayer(graph, layer, weights));
  const last = graph.produced.get(output_layers[0]?.[0] ?? "") ?? "";
  graph.nodes.push(node("Identity", [last], OUTPUT));
  return model(graph, INPUT, OUTPUT);
}

function splitWeights(topology: Topology, bytes: Uint8Array): Weights {
  const weights: Weights = new Map();
  let offset = bytes.byteOffset;
  for (const { name, shape } of topology.weightsManifest.flatMap((group) => group.weights)) {
    const count = shape.reduce((product, size) => product * size, 1);
    const end = offset + count * 4;
    weights.set(name, { shape, values: new Float32Array(bytes.buffer.slice(offset, end)) });
    offset = end;
  }
  return weights;
}

/** @returns the name of the value the layer produces */
function addLayer(graph: Graph, layer: Layer, weights: Weights): string {
  const inputs = (layer.inbound_nodes[0] ?? []).map(([name]) => graph.produced.get(name) ?? "");
  const { nodes, constants } = graph;
  const output = `${layer.name}_out`;
  const add = (operation: string, from: string[], to: string, attributes = {}) => {
    nodes.push(node(operation, from, to, attributes));
    return to;
  };
  switch (layer.class_name) {
    case "InputLayer":
      return INPUT;
    case "Conv2D":
      return addConvolution(graph, layer, inputs, weights);
    case "Activation":
      return add("Relu", inputs, output);
    case "Concatenate":
      return add("Concat", inputs, output, { axis: 1 });
    case "Add":
      return inputs.reduce((sum, next, i) => add("Add", [sum, next], `${output}${i}`));
    case "UpSampling2D": {
      const scales = `${layer.name}_scales`;
      constants.push(
        constant(scales, [4], Float32Array.of(1, 1, ...(layer.config.size ?? [2, 2]))),
      );
      return add("Resize", [inputs[0] ?? "", "", scales], output, resizing(layer));
    }
    default:
      throw new Error(`the upscaler has an unknown layer ${layer.class_name}`);
  }
}

const resizing = (layer: Layer): Record<string, Attribute> =>
  layer.config.interpolation === "bilinear"
    ? { mode: "linear", coordinate_transformation_mode: "half_pixel" }
    : { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" };

function addConvolution(graph: Graph, layer: Layer, inputs: string[], weights: Weights): string {
  const kernel = weights.get(`${layer.name}/kernel`);
  const bias = weights.get(`${layer.name}/bias`);
  if (!kernel) throw new Error(`the upscaler has no weights for ${layer.name}`);
  const [rows, columns, from, to] = kernel.shape as [number, number, number, number];
  const names = [inputs[0] ?? "", `${layer.name}_kernel`];
  graph.constants.push(
    constant(`${layer.name}_kernel`, [to, from, rows, columns], outputFirst(kernel)),
  );
  if (bias) {
    names.push(`${layer.name}_bias`);
    graph.constants.push(constant(`${layer.name}_bias`, [to], bias.values));
  }
  const output = `${layer.name}_out`;
  const before = [(rows - 1) >> 1, (columns - 1) >> 1];
  graph.nodes.push(
    node("Conv", names, output, {
      kernel_shape: [rows, columns],
      pads: [...before, rows >> 1, columns >> 1],
      strides: layer.config.strides ?? [1, 1],
    }),
  );
  if (layer.config.activation !== "relu") return output;
  graph.nodes.push(node("Relu", [output], `${output}_relu`));
  return `${output}_relu`;
}

/** TensorFlow keeps [row, column, from, to], ONNX wants [to, from, row, column]. */
function outputFirst({ shape, values }: { shape: number[]; values: Float32Array }): Float32Array {
  const [rows, columns, from, to] = shape as [number, number, number, number];
  const turned = new Float32Array(values.length);
  for (let place = 0; place < rows * columns; place++) {
    for (let i = 0; i < from; i++) {
      for (let o = 0; o < to; o++) {
        turned[(o * from + i) * rows * columns + place] = values[(place * from + i) * to + o];
      }
    }
  }
  return turned;
}
