module github.com/spf13/cobra

go 1.21

require github.com/spf13/pflag v0.0.0

replace github.com/spf13/pflag => ../pflag
