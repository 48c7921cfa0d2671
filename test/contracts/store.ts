import { describe } from 'vitest';
import { auditContract } from '#test/contracts/store/audit';
import { type Database, opening } from '#test/contracts/store/database';
import { demandContract } from '#test/contracts/store/demand';
import { journalContract } from '#test/contracts/store/journal';
import { learningContract } from '#test/contracts/store/learning';
import { retentionContract } from '#test/contracts/store/retention';
import { schemaContract } from '#test/contracts/store/schema';
import { tallyContract } from '#test/contracts/store/tally';

/** What every store keeps to. `fresh` gives an empty database that `openStore` opens by its URL. */
export const storeContract = (name: string, fresh: () => Promise<Database>): void => {
  // A database on a machine with much else to do is slow, not wrong.
  describe(`store contract: ${name}`, () => {
    const given = opening(fresh);
    describe('the journal', () => journalContract(given));
    describe('retention', () => retentionContract(given));
    describe('audit', () => auditContract(given));
    describe('what is counted', () => tallyContract(given));
    describe('demand', () => demandContract(given));
    describe('what was learnt', () => learningContract(given));
    describe('its schema', () => schemaContract(given));
  });
};
