import type { Evidence } from '#core/facts';
import type { Cycle, Target } from '#core/model';
import type { Question } from '#core/question';

/** A question about one target. */
export type Asked = {
  readonly cluster: string;
  readonly target: Target;
  readonly question: string;
  /** The time that the question is about, or that it was asked at. */
  readonly atSeconds: number;
  readonly of?: AskedAbout | undefined;
};

/** The decision that is asked about: what the answer takes stands in its trace. */
export type AskedAbout = Pick<Cycle, 'id' | 'traceId' | 'spanId' | 'outcome' | 'decision'>;

/** A question as it was understood, and what is known of it. */
export type Answer = { readonly asked: Asked; readonly question: Question; readonly evidence: Evidence };

/** Read-only views of what is kept of one target. They read the store, never the cluster. */
export type Archive = {
  /** The newest decision at this time, explained. */
  decision(atSeconds: number): Promise<Evidence>;
  /** What changed, was limited, failed or was done by people in [fromSeconds, toSeconds). */
  history(fromSeconds: number, toSeconds: number): Promise<Evidence>;
  /** Each gate between the size at this time and another: open or shut, and the value that would open it. */
  gates(atSeconds: number): Promise<Evidence>;
  /** What other autoscalers and each expert would have done on the same samples. */
  others(atSeconds: number): Promise<Evidence>;
  /** What was paid in [fromSeconds, toSeconds), and what others would have paid. */
  regret(fromSeconds: number, toSeconds: number): Promise<Evidence>;
};

export type Worded =
  | { readonly kind: 'sentence'; readonly text: string }
  /** Was worded twice, and each time said something that no fact bears out. */
  | { readonly kind: 'left-out'; readonly because: string }
  | {
      readonly kind: 'end';
      readonly because: 'whole' | 'time' | 'budget' | 'busy' | 'refused' | 'unreachable' | 'unreadable';
      readonly detail?: string | undefined;
    };

/** Words an answer anew. It is given what it may say and can do nothing but speak. */
export type Explainer = {
  readonly name: string;
  /**
   * Sentences, each checked against the facts that were gathered; ends with exactly one `end`. Never throws but with
   * the signal's reason.
   */
  word(asked: Asked, answer: Evidence, archive: Archive, signal: AbortSignal): AsyncIterable<Worded>;
  close(): Promise<void>;
};

/** A call of a language model that has ended, by the words of the semantic conventions for generative AI. */
export type ModelCall = {
  readonly operation: 'chat';
  readonly provider: string;
  readonly server: { readonly address: string; readonly port: number };
  readonly requestModel: string;
  readonly responseModel?: string | undefined;
  readonly startedAt: number;
  readonly seconds: number;
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  readonly finishReasons?: readonly string[] | undefined;
  /** Of few values; undefined: it went well. */
  readonly errorType?: string | undefined;
};

/** A look into the archive that a model asked for. */
export type LookUp = {
  readonly tool: string;
  readonly startedAt: number;
  readonly seconds: number;
  readonly errorType?: string | undefined;
};

/** What became of a sentence that a model wrote. */
export const sentenceOutcomes = ['said', 'rewritten', 'left-out'] as const;
export type SentenceOutcome = (typeof sentenceOutcomes)[number];

/** An answer whose wording has ended. It holds nothing of what was asked, sent or said. */
export type Explained = {
  readonly of?: AskedAbout | undefined;
  readonly startedAt: number;
  readonly seconds: number;
  /** `cached`: it had been worded before. `left`: nobody waited for the rest. */
  readonly outcome: Extract<Worded, { kind: 'end' }>['because'] | 'cached' | 'left';
  readonly calls: readonly ModelCall[];
  readonly lookUps: readonly LookUp[];
  readonly sentences: Readonly<Record<SentenceOutcome, number>>;
};
