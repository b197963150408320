/**
 * Writes the few parts of the ONNX format (protocol buffers) that our converted network needs.
 * Field numbers are those of onnx.proto3, opset 13.
 */

type Bytes = Uint8Array;

const concat = (parts: readonly Bytes[]): Bytes => Buffer.concat(parts);

function varint(value: number): Bytes {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

const integer = (field: number, value: number) => concat([varint(field * 8), varint(value)]);

function message(field: number, content: Bytes | string): Bytes {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
}

const FLOAT = 1;
const attributeTypes = { integer: 2, text: 3, integers: 7 };

export type Attribute = number | string | readonly number[];

function attribute(name: string, value: Attribute): Bytes {
  if (typeof value === "string") {
    return message(
      5,
      concat([message(1, name), message(4, value), integer(20, attributeTypes.text)]),
    );
  }
  if (typeof value === "number") {
    return message(
      5,
      concat([message(1, name), integer(3, value), integer(20, attributeTypes.integer)]),
    );
  }
  const items = value.map((item) => integer(8, item));
  return message(5, concat([message(1, name), ...items, integer(20, attributeTypes.integers)]));
}

export const node = (
  operation: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, Attribute>> = {},
): Bytes =>
  message(
    1,
    concat([
      ...inputs.map((input) => message(1, input)),
      message(2, output),
      message(3, output),
      message(4, operation),
      ...Object.entries(attributes).map(([name, value]) => attribute(name, value)),
    ]),
  );

export const constant = (name: string, shape: readonly number[], values: Float32Array): Bytes =>
  message(
    5,
    concat([
      ...shape.map((size) => integer(1, size)),
      integer(2, FLOAT),
      message(8, name),
      message(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
    ]),
  );

/** A named picture of any size: [1, 3, height, width]. */
function picture(field: number, name: string): Bytes {
  const sizes = [integer(1, 1), integer(1, 3), message(2, `${name}_h`), message(2, `${name}_w`)];
  const shape = message(2, concat(sizes.map((size) => message(1, size))));
  const tensor = message(1, concat([integer(1, FLOAT), shape]));
  return message(field, concat([message(1, name), message(2, tensor)]));
}

/** @returns a whole ONNX file with one picture in and one out */
export function model(
  graph: { nodes: readonly Bytes[]; constants: readonly Bytes[] },
  input: string,
  output: string,
): Bytes {
  const content = concat([
    ...graph.nodes,
    message(2, "tintype"),
    ...graph.constants,
    picture(11, input),
    picture(12, output),
  ]);
  const opset = concat([message(1, ""), integer(2, 13)]);
  return concat([integer(1, 8), message(2, "tintype"), message(7, content), message(8, opset)]);
}
