// An agenda's calendar file for the day and time that a reader has chosen, fetched when somebody asks for it.

/** Saves the file that a form names, with the form's day and time as the beginning, wherever the reader is then. */
export async function save(form) {
  const response = await fetch(form.dataset.file);
  if (!response.ok) throw new Error(response.status);
  const file = await response.text();
  // `2026-03-01T14:00`, with seconds in some browsers.
  const start = form.elements.when.value.replace(/[-:]|\..*/g, "").padEnd(15, "0");
  // Two days are two appointments; the same day again is the same appointment.
  const own = file.replace(/^(DTSTART:).*$/m, `$1${start}`).replace(/^(UID:)/m, `$1${start}-`);
  // Whoever asked shows the file as it is instead.
  if (own === file || !/^\d{8}T\d{6}$/.test(start)) throw new Error(start);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([own], { type: "text/calendar" }));
  link.download = `${decodeURIComponent(location.pathname).split("/").filter(Boolean).at(-1).replace(/\.\w+$/, "")}.ics`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  form.querySelector("[role=status]").textContent = form.dataset.saved;
}
