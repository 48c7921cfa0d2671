import { storeContract } from '#test/contracts/store';
import { sqliteFiles } from './sqlite-file.ts';

storeContract('sqlite', sqliteFiles());
