const WORDS = {
  sales: ['buy', 'purchase', 'price', 'offer', 'product', 'بيع', 'شراء', 'سعر', 'عرض', 'منتج'],
  complaints: ['complaint', 'issue', 'problem', 'error', 'شكوى', 'مشكلة', 'مشكل', 'خطأ'],
  urgent: ['urgent', 'critical', 'emergency', 'عاجل', 'حرج', 'طوارئ'],
} as const;

/** A department and how sure the choice is, 0 to 1. */
export interface DepartmentChoice {
  department: string;
  confidence: number;
}

const hits = (text: string, words: readonly string[]): number => words.filter((word) => text.includes(word)).length;

/**
 * The department for what a caller says, by words (Arabic and English): complaints when it has more hits than sales,
 * else sales when it has any, else reception. Confidence is 0.6 + 0.15 for each hit, at most 0.95; 0.5 without a hit.
 */
export function chooseDepartment(text: string): DepartmentChoice {
  const lower = text.toLowerCase();
  const sales = hits(lower, WORDS.sales);
  const complaints = hits(lower, WORDS.complaints);
  const confidence = (count: number): number => Math.min(0.95, Math.round((0.6 + 0.15 * count) * 100) / 100);
  if (complaints > sales) return { department: 'complaints', confidence: confidence(complaints) };
  if (sales > 0) return { department: 'sales', confidence: confidence(sales) };
  return { department: 'reception', confidence: 0.5 };
}

/** Whether a text says by itself that it is urgent. */
export const soundsUrgent = (text: string): boolean => hits(text.toLowerCase(), WORDS.urgent) > 0;
