/**
 * The bodies that Qdrant's REST interface takes, field by field. The types are those that the client ships, generated from
 * Qdrant's published OpenAPI (openapi-typescript): a field that comes, goes or becomes required there fails the type check here.
 */
import type { Schemas } from "@qdrant/js-client-rest";

type Fields<Body> = { [Field in keyof Required<Body>]: object extends Pick<Body, Field> ? "may" : "must" };

const bodies = {
  CreateCollection: {
    vectors: "may",
    shard_number: "may",
    sharding_method: "may",
    replication_factor: "may",
    write_consistency_factor: "may",
    on_disk_payload: "may",
    hnsw_config: "may",
    wal_config: "may",
    optimizers_config: "may",
    quantization_config: "may",
    sparse_vectors: "may",
    strict_mode_config: "may",
    metadata: "may",
  } satisfies Fields<Schemas["CreateCollection"]>,
  CreateFieldIndex: { field_name: "must", field_schema: "may" } satisfies Fields<Schemas["CreateFieldIndex"]>,
  PointStruct: { id: "must", vector: "must", payload: "may" } satisfies Fields<Schemas["PointStruct"]>,
  SearchRequest: {
    shard_key: "may",
    vector: "must",
    filter: "may",
    params: "may",
    limit: "must",
    offset: "may",
    with_payload: "may",
    with_vector: "may",
    score_threshold: "may",
  } satisfies Fields<Schemas["SearchRequest"]>,
  QueryRequest: {
    shard_key: "may",
    prefetch: "may",
    query: "may",
    using: "may",
    filter: "may",
    params: "may",
    score_threshold: "may",
    limit: "may",
    offset: "may",
    with_vector: "may",
    with_payload: "may",
    lookup_from: "may",
  } satisfies Fields<Schemas["QueryRequest"]>,
  ScrollRequest: {
    shard_key: "may",
    offset: "may",
    limit: "may",
    filter: "may",
    with_payload: "may",
    with_vector: "may",
    order_by: "may",
  } satisfies Fields<Schemas["ScrollRequest"]>,
  PointRequest: {
    shard_key: "may",
    ids: "must",
    with_payload: "may",
    with_vector: "may",
  } satisfies Fields<Schemas["PointRequest"]>,
} as const;

/** The body as what it must be. Throws, as Qdrant answers 400, when a field is missing or unknown. */
export function asBody<Name extends keyof typeof bodies>(name: Name, body: unknown): Schemas[Name] {
  const fields: Readonly<Record<string, "may" | "must">> = bodies[name];
  if (typeof body !== "object" || body === null) throw new Error(`Format error in JSON body: ${name} is an object`);
  for (const field of Object.keys(body))
    if (!Object.hasOwn(fields, field))
      throw new Error(`Format error in JSON body: unknown field \`${field}\` of ${name}`);
  for (const [field, need] of Object.entries(fields))
    if (need === "must" && !Object.hasOwn(body, field))
      throw new Error(`Format error in JSON body: missing field \`${field}\` of ${name}`);
  return body as Schemas[Name];
}

/** What the server tells of a collection: with the parts that a client may read, at Qdrant's own defaults. */
export function collectionInfo(points: number, params: Schemas["CollectionParams"]): Schemas["CollectionInfo"] {
  return {
    status: "green",
    optimizer_status: "ok",
    points_count: points,
    segments_count: 1,
    config: {
      params,
      hnsw_config: { m: 16, ef_construct: 100, full_scan_threshold: 10_000 },
      optimizer_config: {
        deleted_threshold: 0.2,
        vacuum_min_vector_number: 1_000,
        default_segment_number: 0,
        flush_interval_sec: 5,
      },
    },
    payload_schema: {},
  };
}
