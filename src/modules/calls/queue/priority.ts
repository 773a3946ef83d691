/** Priorities, most pressing first; a priority's place in this list is its rank in the database. */
export const PRIORITIES = ['urgent', 'high', 'medium', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];

export const rankOf = (priority: Priority): number => PRIORITIES.indexOf(priority);
export const priorityOf = (rank: number): Priority => PRIORITIES[rank] ?? 'medium';
