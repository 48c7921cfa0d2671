import { z } from '@hono/zod-openapi';
import { auditActions } from '#core/audit';
import { outcomes, pauseDirections, type Target } from '#core/model';
import { longestQuestion } from '#core/question';

/** Names of Kubernetes are narrower; what must not pass is what could break a terminal, a key or a query. */
const part = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[^/\p{Cc}\p{Cs}]+$/u, 'no slash and no control character');

export const targetParams = z.object({ namespace: part, kind: part, name: part });

export const idParams = z.object({
  id: z.uuid('a decision id is a UUID, as /api/v1/decisions lists them').toLowerCase(),
});

const toTarget = (text: string): Target | undefined => {
  const [namespace, kind, name, ...more] = text.split('/');
  const parsed = targetParams.safeParse({ namespace, kind, name });
  return parsed.success && more.length === 0 ? parsed.data : undefined;
};

/** The end of the year 9999: beyond it stand milliseconds that were meant as seconds. */
const lastSecond = 253_402_300_799;

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** Unix seconds, or NaN. */
const toSeconds = (value: string | number): number => {
  const seconds =
    typeof value === 'number' || /^\d+(\.\d+)?$/.test(value)
      ? Number(value)
      : rfc3339.test(value)
        ? Date.parse(value.toUpperCase()) / 1000
        : Number.NaN;
  return seconds >= 0 && seconds <= lastSecond ? seconds : Number.NaN;
};

/** Reads with a function that gives undefined or NaN for what it cannot read. */
const read =
  <I, O>(reader: (value: I) => O, message: string) =>
  (value: I, context: z.RefinementCtx): NonNullable<O> => {
    const result = reader(value);
    if (result !== undefined && result !== null && !Number.isNaN(result)) return result;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };

const timeMessage = 'RFC 3339 (2026-01-05T08:00:00Z) or Unix seconds';
const instant = z
  .string()
  .transform(read(toSeconds, timeMessage))
  .openapi({ description: timeMessage, example: '2026-01-05T08:00:00Z' });

const targetMessage = 'namespace/kind/name, as in default/Deployment/web';

const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

const targetName = z
  .string()
  .transform(read(toTarget, targetMessage))
  .openapi({ description: targetMessage, example: 'default/Deployment/web' });

export const decisionsQuery = z.strictObject({
  target: targetName.optional(),
  from: instant.optional(),
  to: instant.optional(),
  outcome: z.enum(outcomes).optional(),
  changed: flag.optional(),
  cursor: z
    .string()
    .regex(/^[\w.:~=-]{1,512}$/, 'take it from `next` of the page before')
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const auditQuery = decisionsQuery
  .pick({ target: true, from: true, to: true, cursor: true, limit: true })
  .extend({ action: z.enum(auditActions).optional() });

const claimedName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\p{Cf}\p{Cs}]+$/u, 'no control character')
  .openapi({ description: 'who asks for it; recorded as claimed', example: 'anna@shop.example' });
const why = z.string().trim().min(1).max(500);

export const wordingQuery = z.strictObject({
  wording: flag.optional().openapi({
    description:
      'whether the words of a language model follow those of the record, where one is configured; absent: in a stream they do, else not',
  }),
});

export const questionBody = z
  .strictObject({
    target: targetName,
    question: z.string().trim().min(1).max(longestQuestion).openapi({ example: 'why 7 replicas at 02:14?' }),
    at: z
      .union([z.string(), z.number()])
      .transform(read(toSeconds, timeMessage))
      .optional()
      .openapi({ description: `when it is asked; ${timeMessage}`, example: '2026-01-05T08:00:00Z' }),
    cluster: z
      .string()
      .min(1)
      .max(253)
      .optional()
      .openapi({ description: 'where several have a target of this name' }),
  })
  .openapi('Question');

export const longestPauseSeconds = 7 * 86_400;

export const pauseBody = z
  .strictObject({
    until: z
      .union([z.string(), z.number()])
      .transform(read(toSeconds, timeMessage))
      .openapi({ description: `${timeMessage}; at most 7 days ahead`, example: '2026-01-05T08:00:00Z' }),
    direction: z.enum(pauseDirections).default('both'),
    reason: why,
    by: claimedName.optional(),
  })
  .openapi('PauseRequest');

export const resumeQuery = z.strictObject({ by: claimedName.optional(), reason: why.optional() });
