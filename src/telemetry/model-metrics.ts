import { Counter, Histogram } from 'prom-client';
import type { Explained, ModelCall } from '#ports';
import { bounded } from './bounded.ts';
import { prefix, type Registers } from './metric-families.ts';

/** Buckets as the semantic conventions for generative AI give them: powers of four, powers of two. */
const tokenBuckets = Array.from({ length: 14 }, (_, i) => 4 ** i);
const durationBuckets = Array.from({ length: 14 }, (_, i) => Math.round(2 ** i) / 100);

const callLabels = [
  'gen_ai_operation_name',
  'gen_ai_provider_name',
  'gen_ai_request_model',
  'gen_ai_response_model',
  'server_address',
  'server_port',
];

/** Names and units are those that OpenTelemetry's metrics have in Prometheus. */
export const modelMetrics = (registers: Registers): ((explained: Explained) => void) => {
  const tokens = new Histogram({
    name: 'gen_ai_client_token_usage',
    help: 'Tokens that a call of the language model took.',
    labelNames: [...callLabels, 'gen_ai_token_type'],
    buckets: tokenBuckets,
    registers,
  });
  const duration = new Histogram({
    name: 'gen_ai_client_operation_duration_seconds',
    help: 'Duration of a call of the language model.',
    labelNames: [...callLabels, 'error_type'],
    buckets: durationBuckets,
    registers,
  });
  const answers = new Counter({
    name: `${prefix}explain_requests_total`,
    help: 'Answers that a language model was to word, by how that ended.',
    labelNames: ['outcome'],
    registers,
  });
  const sentences = new Counter({
    name: `${prefix}explain_sentences_total`,
    help: 'Sentences of the language model, by what became of them.',
    labelNames: ['outcome'],
    registers,
  });
  // Both come from a server that may say anything.
  const model = bounded(16);
  const error = bounded(32);

  const labelsOf = (call: ModelCall): Record<string, string> => ({
    gen_ai_operation_name: call.operation,
    gen_ai_provider_name: call.provider,
    gen_ai_request_model: call.requestModel,
    ...(call.responseModel !== undefined && { gen_ai_response_model: model(call.responseModel) }),
    server_address: call.server.address,
    server_port: `${call.server.port}`,
  });

  return (explained) => {
    answers.inc({ outcome: explained.outcome });
    for (const [outcome, count] of Object.entries(explained.sentences)) sentences.inc({ outcome }, count);
    for (const call of explained.calls) {
      const labels = labelsOf(call);
      const failed = call.errorType === undefined ? {} : { error_type: error(call.errorType) };
      duration.observe({ ...labels, ...failed }, call.seconds);
      for (const [gen_ai_token_type, count] of [
        ['input', call.inputTokens],
        ['output', call.outputTokens],
      ] as const)
        if (count !== undefined) tokens.observe({ ...labels, gen_ai_token_type }, count);
    }
  };
};
