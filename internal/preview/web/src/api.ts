// What the server says: see model.go, server.go and alerts.go of internal/preview, and
// view.go of internal/view.

export interface Format { func: string; args?: string[] }
export interface Step { value: number; color: string }
export interface Mapping { Value: string; Text: string; Color: string }
export interface Query { refId: string; expr: string; legend?: string }
export interface Finding { where: string; check: string; severity: string; message: string; hint?: string }

export interface PanelModel {
  id: number; kind: string; title: string; description?: string;
  x: number; y: number; w: number; h: number;
  unit: string; min?: number; max?: number; decimals?: number; noValue?: string;
  stack?: boolean; spark?: boolean; steps: Step[]; mappings?: Mapping[];
  queries?: Query[]; links?: { Title: string; URL: string }[]; content?: string;
  alerts?: string[]; metrics?: string[]; why?: string[]; declared?: string; findings?: Finding[];
}
export interface RowModel { title: string; id: number; collapsed?: boolean; panels: PanelModel[] }
export interface BoardModel {
  uid: string; program: string; title: string; description?: string; folder?: string; from: number; rows: RowModel[];
}
export interface Place { board: string; panel: number; title: string }
export interface AlertModel {
  program: string; name: string; group: string; expr: string; for?: string;
  labels?: Record<string, string>; annotations?: Record<string, string>;
  pattern?: string; where?: string; panels?: Place[]; findings?: Finding[];
}
export interface MetricModel {
  program: string; name: string; type: string; unit?: string; help?: string;
  labels?: { name: string; values?: string[] }[]; where?: string; symbol?: string;
  gone?: string; why?: string; howToUse?: string; panels?: Place[]; alerts?: string[];
}
export interface Model {
  version: number; about: string; keeps: number; every: number; began: number; programs: string[];
  boards: BoardModel[]; alerts: AlertModel[]; metrics: MetricModel[]; findings: Finding[];
  formats: Record<string, Format>; dark: Record<string, string>; light: Record<string, string>; palette: string[];
}

export type Num = number | null;
export interface Series {
  refId: string; name: string; labels: Record<string, string>; unit: string; color: string;
  values: Num[]; calcs: { last: Num; mean: Num; min: Num; max: Num }; text: string;
  dash?: boolean; negativeY?: boolean; noFill?: boolean;
}
export interface Heatmap { unit: string; cellUnit: string; rows: { lower: Num; upper: Num; counts: Num[] }[] }
export interface Table {
  columns: { name: string; unit?: string; values?: boolean }[];
  rows: { text: string; value: Num; color?: string }[][];
}
export interface Says { summary?: string; description?: string }
export interface ActiveAlert { name: string; state: string; labels: Record<string, string>; since: number; says?: Says }
export interface PanelData {
  id: number; times?: number[]; series?: Series[]; table?: Table; heatmap?: Heatmap; alerts?: ActiveAlert[];
  error?: string; notes?: string[];
}
export interface Variable { name: string; label: string; options: string[]; texts: string[] | null; chosen: string[]; many: boolean }
export interface BoardAnswer {
  from: number; to: number; step: number; variables: Variable[] | null; panels: PanelData[]; problem?: string;
}
export interface AlertState {
  program: string; name: string; state: string; instances?: ActiveAlert[]; says?: Says; holds?: boolean;
  error?: string; text?: string; threshold?: string;
}
export interface AlertAnswer {
  from: number; to: number; expr: string; unit: string; op?: string; threshold: number; panel: PanelData;
}
export interface Status { version: number; now: number; failed?: string; trouble?: string[] }

export const all = "$__all";

// ask posts a question and returns the answer.
async function ask<A>(path: string, question: unknown, signal?: AbortSignal): Promise<A> {
  const res = await fetch(path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(question), signal,
  });
  if (!res.ok) throw new Error((await res.text()).trim());
  return res.json();
}

export interface Span { from: number; to: number; points: number }

export const askModel = async (): Promise<Model> => (await fetch("api/model")).json();
export const askBoard = (q: Span & { uid: string; panels: number[]; variables: Record<string, string[]>; choices: boolean }, signal?: AbortSignal) =>
  ask<BoardAnswer>("api/board", q, signal);
export const askAlerts = () => ask<AlertState[]>("api/alerts", {});
export const askAlert = (q: Span & { program: string; name: string }) => ask<AlertAnswer>("api/alert", q);
