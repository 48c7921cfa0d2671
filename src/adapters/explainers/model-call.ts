import type { AIMessageChunk, UsageMetadata } from '@langchain/core/messages';
import type { ModelCall } from '#ports';
import type { Settings } from './chat.ts';

/** Of English, as is counted where the server does not tell. */
const charactersPerToken = 4;
export const estimatedTokens = (characters: number): number => Math.ceil(characters / charactersPerToken);

/** What a server says of its own counts is believed as far as it is a count. */
const counted = (tokens: unknown): number | undefined =>
  Number.isSafeInteger(tokens) && (tokens as number) >= 0 ? (tokens as number) : undefined;

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const serverOf = (url: string): ModelCall['server'] => {
  const { hostname, port, protocol } = new URL(url);
  return { address: hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80) };
};

/** One call while it lasts: what was heard of it, and what it took. */
export const modelCall = (given: {
  readonly settings: Settings;
  /** Estimated tokens of what is sent. */
  readonly asked: number;
  readonly now: () => number;
  readonly ended: (call: ModelCall, tokens: number) => void;
}) => {
  const { settings, asked, now } = given;
  const startedAt = now();
  let whole: AIMessageChunk | undefined;
  let characters = 0;
  let over = false;
  return {
    hear: (chunk: AIMessageChunk): void => {
      whole = whole === undefined ? chunk : whole.concat(chunk);
      characters += chunk.text.length;
      for (const { args } of chunk.tool_call_chunks ?? []) characters += args?.length ?? 0;
    },
    heard: () => whole,
    /** Estimated tokens of what was heard. */
    tokens: () => estimatedTokens(characters),
    /** Told and counted once, however it ended. */
    end: (errorType?: string): void => {
      if (over) return;
      over = true;
      const usage = whole?.usage_metadata as UsageMetadata | undefined;
      const inputTokens = counted(usage?.input_tokens);
      const outputTokens = counted(usage?.output_tokens);
      const finishReason = textOf(whole?.response_metadata.finish_reason);
      const call: ModelCall = {
        operation: 'chat',
        provider: 'openai',
        server: serverOf(settings.baseUrl),
        requestModel: settings.model,
        responseModel: textOf(whole?.response_metadata.model_name),
        startedAt,
        seconds: now() - startedAt,
        inputTokens,
        outputTokens,
        finishReasons: finishReason === undefined ? undefined : [finishReason],
        errorType,
      };
      given.ended(call, (inputTokens ?? asked) + (outputTokens ?? estimatedTokens(characters)));
    },
  };
};

export type OpenCall = ReturnType<typeof modelCall>;
