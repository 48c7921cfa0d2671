export const exportTables = ['decisions', 'demand', 'audit'] as const;
export type TableName = (typeof exportTables)[number];
