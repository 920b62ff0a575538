import { Button, type ButtonProps, Tooltip } from "@mantine/core";
import { type Ref, useId } from "react";

interface Props extends ButtonProps {
  /** Why it cannot be used now; null when it can. It stays focusable, so that the reason can be read. */
  why: string | null;
  onClick: () => void;
  children: string;
  ref?: Ref<HTMLButtonElement>;
}

/** A button that never disappears: disabled, it says why. */
export function ExplainedButton({ why, onClick, children, ...rest }: Props) {
  const id = useId();
  if (why === null) {
    return (
      <Button {...rest} onClick={onClick}>
        {children}
      </Button>
    );
  }
  return (
    <Tooltip label={why} events={{ hover: true, focus: true, touch: true }} multiline maw={320}>
      <Button
        {...rest}
        variant="default"
        data-disabled
        aria-disabled
        aria-describedby={id}
        onClick={(event) => event.preventDefault()}
      >
        {children}
        <span id={id} hidden>
          {why}
        </span>
      </Button>
    </Tooltip>
  );
}
