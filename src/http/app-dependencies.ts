import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Author } from '#core/audit';
import type { Evidence } from '#core/facts';
import type { Direction } from '#core/gate';
import type { Pause, Target } from '#core/model';
import type { GatesFound } from '#core/narrate-gates';
import type { OthersFound } from '#core/others';
import type { Answer, Archive, Clock, DecisionRecord, EventBus, Explainer, Store } from '#ports';

/** What a person may do to the loop. Both say false when the loop does not govern the target. */
export type Actions = {
  pause(target: Target, pause: Pause, author: Author): Promise<boolean>;
  /** True also when it was not paused. */
  resume(target: Target, author: Author, why: string | undefined): Promise<boolean>;
};

/** Answers from what is kept. Rejects with a NotKeptError where nothing is. */
export type Answers = {
  archive(cluster: string, target: Target): Archive;
  explain(record: DecisionRecord): Promise<Evidence>;
  answer(asked: {
    readonly target: Target;
    readonly question: string;
    readonly cluster?: string | undefined;
    readonly atSeconds?: number | undefined;
  }): Promise<Answer>;
};

export type Fault = { readonly error: unknown; readonly requestId: string; readonly request: string };

export type AppDependencies = {
  readonly store: Pick<Store, 'audits' | 'decision' | 'decisions' | 'targets'>;
  readonly events: Pick<EventBus, 'subscribe'>;
  readonly telemetry: { metricsText(): Promise<{ readonly contentType: string; readonly body: string }> };
  ready(): { readonly ok: boolean; readonly reasons: readonly string[] };
  readonly answers: Answers;
  /** Words answers anew beside the record's own words. */
  readonly explainer?: Explainer | undefined;
  readonly counterfactuals: {
    gates(record: DecisionRecord, only?: Direction): Promise<GatesFound>;
    others(record: DecisionRecord): Promise<OthersFound>;
  };
  readonly clock: Pick<Clock, 'now'>;
  readonly actions: Actions;
  readonly version: string;
  /** Without one nothing can be written, nor read from other machines. */
  readonly token: string | undefined;
  /** Hears of what clients are not told. */
  fault?(fault: Fault): void;
};

export type AppSettings = {
  /** Names that a Host header may carry, without port; undefined: any. */
  readonly hosts?: readonly string[] | undefined;
  /** Reading under /api needs the token too. */
  readonly closedReads?: boolean;
  readonly maxEventClients?: number;
  readonly heartbeatSeconds?: number;
  readonly requestSeconds?: number;
  /** Aborted when the process begins to leave. */
  readonly draining?: AbortSignal;
};

/** What the Node server adds to a request; absent when the app is called as a value. */
type Connection = { readonly outgoing?: { destroy(): unknown } };
export type AppEnv = { Variables: { requestId: string }; Bindings: Connection };
export type App = OpenAPIHono<AppEnv>;
