# What quickstart.sh shows of the service's answers.

def pad($width): . + " " * ([$width - length, 0] | max);

def clock: round | [(. / 3600 | floor), (. / 60 | floor) % 60, . % 60] | map(tostring)
  | if .[0] == "0" then .[1:] else [.[0], (.[1] | "0" * (2 - length) + .)] + .[2:] end
  | .[:-1] + [.[-1] | "0" * (2 - length) + .] | join(":");

# With one decimal, also for whole numbers.
def tenths: . * 10 | round | "\(. / 10 | floor).\(. % 10)";

def plural($noun): "\(.) \($noun)\(if . == 1 then "" else "s" end)";

def bar: (. / 5 | floor) as $done | "[" + "#" * $done + "." * (20 - $done) + "]";

# Titles come from anywhere; a terminal must not take them for commands.
def printable: gsub("[[:cntrl:]]"; " ");

def job_line($titles):
  (if .videoId then $titles["\(.videoId)"] // "video \(.videoId)" else "the channel's source" end) as $title
  | "  " + (.jobType | pad(10)) + ($title | printable | .[:40] | pad(42));

def speed_and_eta:
  (if .speed then "\(.speed | tenths)x" else "" end | pad(8)) + (if .etaSeconds then "ETA \(.etaSeconds | clock)" else "" end);

def counts:
  "\(.byType.publish.completed // 0 | plural("video")) published"
  + (if .failed > 0 then ", \(.failed | plural("job")) failed" else "" end)
  + ", \(.processing) running, \(.queued) waiting"
  + (if .retrying > 0 then ", \(.retrying) to be tried again" else "" end);

# For a terminal: the counts, and a bar for every running job, as many as fit.
def screen($titles):
  (.[0] | counts), (.[1].items | sort_by(.id)[:15][]
    | job_line($titles) + (.progress | bar) + (.progress | floor | "  \(.)%" | pad(8)) + speed_and_eta);

# For a file: a line for every running job and quarter of its progress, and one of the counts; each after a key that is
# another whenever the line should be printed again.
def changes($titles):
  (.[1].items | sort_by(.id)[] | (.progress / 25 | floor * 25) as $quarter
    | "\(.id) \(.attempts) \($quarter)\t" + (job_line($titles) + (if $quarter > 0 then "\($quarter)%" else "" end) | sub(" +$"; ""))),
  (.[0] | "\(.byType.publish.completed // 0) published, \(.failed) failed" | "\(.)\t\(.)");

def ended_badly: [.stages[] | select(.status == "failed" or .status == "cancelled")] | last;

def row:
  (.stages | map({(.jobType): .}) | add) as $stage
  | ended_badly as $bad
  | [.title,
     (($stage.transform.result.durationSeconds // .durationSeconds) | if . then clock else "-" end),
     ($stage.transform.result.video // "-"),
     ($stage.transform.result.audio // "-"),
     ([.stages[].durationSeconds // 0] | add | "\(tenths) s"),
     if $bad then
       "\($bad.status | ascii_upcase) at \($bad.jobType)\(if $bad.attempts > 1 then " after \($bad.attempts) attempts" else "" end): \($bad.errorMessage // "no reason given")"
     else
       .publications[0].location // "not yet published; its next stage: \([.stages[] | select(.status != "completed")][0].jobType // "none")"
     end];

# Of an array of videos.
def table:
  [["TITLE", "LENGTH", "VIDEO", "AUDIO", "TIME", "PUBLISHED AS"]] + (sort_by(.id) | map(row))
  | [range(5) as $column | map(.[$column] | length) | max] as $widths
  | .[] | . as $cells | ([range(5) as $column | $cells[$column] | pad($widths[$column])] + [$cells[5]]) | join("  ") | printable;

def summary:
  any(.[]; .worked_on) as $any_work
  | map({bad: (ended_badly != null), published: (.publications | length > 0),
       copied: any(.stages[].result // {}; .video == "copied" or .audio == "copied")})
  | (map(select(.published and (.bad | not)))) as $published
  | "\($published | length | plural("video")) published"
    + " (\($published | map(select(.copied)) | length) with a stream copied instead of encoded)"
    + ", \(map(select(.bad)) | length) failed" + (if $any_work then "" else "; nothing new" end);

# Names of channels are names of folders, too; see the service's rules for them.
def channel_name: gsub("[^\\p{L}\\p{Nd} _.()&',+-]"; "-") | sub("^[. ]+"; "") | .[:80] | sub(" +$"; "") | if . == "" then "Videos" else . end;

# Why the service refused a request.
def refusal:
  . as $problem
  | [.errors // {} | to_entries[] | .key as $field | .value[] | "\($field) \(.)"]
  | if . == [] then $problem.detail // $problem.title // "it gave no reason" else join("; ") end;
