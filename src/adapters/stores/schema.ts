/**
 * The tables as Kysely sees them; migrations/ makes them. One SQL for SQLite and PostgreSQL: text, integer, bigint,
 * double precision and bytea only, flags as 0 and 1, JSON as text.
 */
export type Schema = {
  /** A workload's names stand here once; all other tables carry the small number, which halves their indexes. */
  targets: {
    id: number;
    cluster: string;
    namespace: string;
    kind: string;
    name: string;
    /** Of the newest decision, so that a list of targets never counts a million rows. */
    policy: string | null;
    last_at: number | null;
    replicas: number | null;
    decisions: number;
    /** Sum of the lengths of its packed records. */
    record_bytes: number;
  };
  decisions: {
    id: string;
    target_id: number;
    at: number;
    policy: string;
    mode: string;
    outcome: string;
    from_replicas: number;
    to_replicas: number;
    changed: number;
    /** Changed, or any outcome but `held`: the few rows that the partial indexes cover. */
    notable: number;
    trace_id: string;
    table_version: number;
    /** Limits, doubts and holders of core/tally, with blanks between; null: written before they were noted. */
    marks: string | null;
    record: Uint8Array;
  };
  rewards: {
    decision_id: string;
    total: number;
    efficiency: number;
    slo: number;
    stability: number;
    from_at: number;
    to_at: number;
    late_from: string;
  };
  /** What each cycle saw, until its hour is over. */
  demand_recent: { target_id: number; starts_at: number; decision_id: string; counts: Uint8Array };
  demand_hours: { target_id: number; hour_at: number; counts: Uint8Array };
  snapshots: {
    target_id: number;
    policy: string;
    version: number;
    schema_version: number;
    at: number;
    experience: number;
    /** Of `data`, in hex. */
    sha256: string;
    bytes: number;
    damaged: number;
    data: Uint8Array;
  };
  /** `holds`: those before this time were removed. */
  pruned: { what: string; before: number };
  /** `entry`: JSON; what pages are filtered by stands beside it. */
  audits: {
    id: string;
    at: number;
    cluster: string;
    target_id: number | null;
    action: string;
    entry: string;
  };
  settings: { target_id: number; policy: string; settings: string };
  runs: {
    id: string;
    started_at: number;
    ended_at: number | null;
    load: string;
    policy: string;
    seed: number;
    commit_hash: string | null;
    result: string | null;
  };
};
