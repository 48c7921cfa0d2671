import type { AskedAbout, Explained, LookUp, ModelCall, Telemetry } from '#ports';
import { defined } from './defined.ts';
import { childSpanId } from './ids.ts';
import type { Span } from './readable-span.ts';

/** What went as it should, though perhaps not to its end. */
const well: ReadonlySet<Explained['outcome']> = new Set(['whole', 'cached', 'left']);

/**
 * The wording of an answer in the trace of the decision that was asked about, by the semantic conventions for generative
 * AI (1.41): the workflow, below it each call of the model and each look into the archive. They hold no word of what was
 * asked, sent or said. A decision that has no trace is linked to from a trace of its own: none lacks its root.
 */
export const modelSpans = (
  one: Explained,
  ids: Telemetry['ids'],
  isTraced: (of: AskedAbout) => boolean,
): readonly Span[] => {
  // A refusal before the first call is counted, and no work to be shown.
  if (one.calls.length === 0) return [];
  const own = ids();
  const above = one.of && isTraced(one.of) ? one.of : undefined;
  const traceId = above?.traceId ?? own.traceId;
  const workflow: Span = {
    name: 'invoke_workflow explain',
    traceId,
    spanId: own.spanId,
    parentSpanId: above?.spanId,
    kind: 'internal',
    startedAt: one.startedAt,
    endedAt: one.startedAt + one.seconds,
    attributes: defined({
      'gen_ai.operation.name': 'invoke_workflow',
      'gen_ai.workflow.name': 'explain',
      'error.type': well.has(one.outcome) ? undefined : one.outcome,
      'nimbusguard.explain.outcome': one.outcome,
      'nimbusguard.explain.sentences.said': one.sentences.said,
      'nimbusguard.explain.sentences.rewritten': one.sentences.rewritten,
      'nimbusguard.explain.sentences.left_out': one.sentences['left-out'],
    }),
    links: one.of && above === undefined ? [linkTo(one.of)] : undefined,
    error: well.has(one.outcome) ? undefined : one.outcome,
  };
  const parts = [...one.calls.map(chatSpan), ...one.lookUps.map(toolSpan)].toSorted(
    (a, b) => a.startedAt - b.startedAt,
  );
  const below = { traceId, parentSpanId: own.spanId };
  return [
    workflow,
    ...parts.map((part, i) => ({ ...part, ...below, spanId: childSpanId(own.spanId, i + 1) })),
  ];
};

const linkTo = ({ id, traceId, spanId }: AskedAbout) => ({
  traceId,
  spanId,
  attributes: { 'nimbusguard.decision.id': id },
});

type Part = Omit<Span, 'traceId' | 'spanId' | 'parentSpanId'>;

const chatSpan = (call: ModelCall): Part => ({
  name: `${call.operation} ${call.requestModel}`,
  kind: 'client',
  startedAt: call.startedAt,
  endedAt: call.startedAt + call.seconds,
  attributes: defined({
    'gen_ai.operation.name': call.operation,
    'gen_ai.provider.name': call.provider,
    'gen_ai.request.model': call.requestModel,
    'gen_ai.request.stream': true,
    'gen_ai.response.model': call.responseModel,
    'gen_ai.response.finish_reasons': call.finishReasons && [...call.finishReasons],
    'gen_ai.usage.input_tokens': call.inputTokens,
    'gen_ai.usage.output_tokens': call.outputTokens,
    'server.address': call.server.address,
    'server.port': call.server.port,
    'error.type': call.errorType,
  }),
  error: call.errorType,
});

const toolSpan = ({ tool, startedAt, seconds, errorType }: LookUp): Part => ({
  name: `execute_tool ${tool}`,
  kind: 'internal',
  startedAt,
  endedAt: startedAt + seconds,
  attributes: defined({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': tool,
    'gen_ai.tool.type': 'datastore',
    'error.type': errorType,
  }),
  error: errorType,
});
