interface OptionProps<V extends string> {
  name: string;
  value: V;
  current: V;
  onPick: (value: NoInfer<V>) => void;
  label: string;
  hint: string;
  isOff?: boolean;
}

/** One of several, with what it means. */
export function Option<V extends string>({
  name,
  value,
  current,
  onPick,
  label,
  hint,
  isOff = false,
}: OptionProps<V>) {
  return (
    <label className="rh-option">
      <input
        type="radio"
        name={name}
        value={value}
        checked={current === value}
        disabled={isOff}
        onChange={() => onPick(value)}
        data-autofocus={(name === "from" && current === value) || undefined}
      />
      <span>{label}</span>
      <small>{hint}</small>
    </label>
  );
}

interface CheckProps {
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  label: string;
  hint: string;
}

/** Yes or no, with its consequence. */
export function Check({ isOn, onChange, label, hint }: CheckProps) {
  return (
    <label className="rh-option">
      <input type="checkbox" checked={isOn} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{label}</span>
      <small>{hint}</small>
    </label>
  );
}
