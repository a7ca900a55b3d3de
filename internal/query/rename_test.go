package query

import "testing"

func TestRename(t *testing.T) {
	to := func(name string) string {
		if name == "a" {
			return "new"
		}
		return name
	}
	for in, want := range map[string]string{
		`rate(a[5m]) / a{a="a"}`:  `rate(new[5m]) / new{a="a"}`,
		`{__name__="a"} + "a"`:    `{__name__="a"} + "a"`, // does not parse
		`sum({__name__="a"})`:     `sum({__name__="new"})`,
		`{x="a", __name__ = 'a'}`: `{x="a", __name__ = 'new'}`,
		`{"a", x="a"}`:            `{"a", x="a"}`,
		`aa + a_total # a`:        `aa + a_total # a`,
		`a{x="$y"} > ${z}`:        `new{x="$y"} > ${z}`,
	} {
		if got := Rename(in, to); got != want {
			t.Errorf("Rename(%s) = %s, want %s", in, got, want)
		}
	}
}

func TestOrElse(t *testing.T) {
	to := func(name string) []string {
		return map[string][]string{"a": {"b"}, "a_bucket": {"b_bucket", "c_bucket"}}[name]
	}
	for in, want := range map[string]string{
		`a`:                  `(a or b)`,
		`sum(a) / x`:         `sum(a or b) / x`,
		`sum(a{job="$job"})`: `sum(a{job="$job"} or b{job="$job"})`,
		`sum(rate(a{job=~"$job"}[$__rate_interval]))`: `sum(rate(a{job=~"$job"}[$__rate_interval]) or rate(b{job=~"$job"}[$__rate_interval]))`,
		`rate(a[5m]) / rate(x[5m])`:                   `(rate(a[5m]) or rate(b[5m])) / rate(x[5m])`,
		`topk(10, a)`:                                 `topk(10, (a or b))`,
		`sum by (le) (rate(a_bucket[5m]))`:            `sum by (le) (rate(a_bucket[5m]) or rate(b_bucket[5m]) or rate(c_bucket[5m]))`,
		`max_over_time(rate(a[5m])[1h:])`:             `max_over_time((rate(a[5m]) or rate(b[5m]))[1h:])`,
		`max_over_time(a[1h:5m])`:                     `(max_over_time(a[1h:5m]) or max_over_time(b[1h:5m]))`,
		`abs(a)`:                                      `abs(a or b)`,
		`quantile_over_time(0.9, a[5m]) + absent(x)`:  `(quantile_over_time(0.9, a[5m]) or quantile_over_time(0.9, b[5m])) + absent(x)`,
		`a - a offset 1h`:                             `(a or b) - (a offset 1h or b offset 1h)`,
		`x`:                                           `x`,
		`sum(`:                                        `sum(`,
	} {
		got := OrElse(in, to)
		if got != want {
			t.Errorf("OrElse(%s)\n = %s, want\n   %s", in, got, want)
		}
		if _, err := Parse(got); err != nil && in != got {
			t.Errorf("OrElse(%s) = %s: %v", in, got, err)
		}
	}
}
