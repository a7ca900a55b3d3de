package lint

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"net/url"
	"slices"
	"unicode/utf8"

	"github.com/dashgen/dashgen/schema"
)

// SARIF 2.1.0 with what GitHub code scanning asks for: rules with help, levels, relative
// addresses, and fingerprints, so that an alert stays the same when lines move.
// Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html and
// https://docs.github.com/code-security/reference/code-scanning/sarif-support.

func init() { formats["sarif"] = writeSARIF }

const sarifSchema = "https://json.schemastore.org/sarif-2.1.0.json"

var sarifLevel = map[schema.Severity]string{schema.Error: "error", schema.Warning: "warning", schema.Note: "note"}

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool       sarifTool     `json:"tool"`
	ColumnKind string        `json:"columnKind"`
	Results    []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	Version        string      `json:"semanticVersion,omitempty"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID               string       `json:"id"`
	ShortDescription sarifText    `json:"shortDescription"`
	FullDescription  sarifText    `json:"fullDescription"`
	Help             sarifText    `json:"help"`
	Default          sarifDefault `json:"defaultConfiguration"`
}

type sarifDefault struct {
	Level string `json:"level"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    int               `json:"ruleIndex"`
	Level        string            `json:"level"`
	Message      sarifText         `json:"message"`
	Locations    []sarifLocation   `json:"locations"`
	Related      []sarifLocation   `json:"relatedLocations,omitempty"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Fixes        []sarifFix        `json:"fixes,omitempty"`
}

type sarifFix struct {
	Description sarifText     `json:"description"`
	Changes     []sarifChange `json:"artifactChanges"`
}

type sarifChange struct {
	Artifact     sarifArtifact      `json:"artifactLocation"`
	Replacements []sarifReplacement `json:"replacements"`
}

type sarifReplacement struct {
	Deleted  sarifRegion `json:"deletedRegion"`
	Inserted sarifText   `json:"insertedContent"`
}

type sarifLocation struct {
	ID       int            `json:"id,omitempty"`
	Physical sarifPhysical  `json:"physicalLocation"`
	Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	Message  *sarifText     `json:"message,omitempty"`
}

// A sarifLogical is a field of what a mixin evaluates to.
type sarifLogical struct {
	Name string `json:"fullyQualifiedName"`
	Kind string `json:"kind"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   sarifRegion   `json:"region"`
}

type sarifArtifact struct {
	URI       string `json:"uri"`
	URIBaseID string `json:"uriBaseId"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn,omitempty"`
	EndColumn   int `json:"endColumn,omitempty"` // behind it
}

func writeSARIF(w *bufio.Writer, findings []schema.Finding, opts Options) error {
	rules := sarifRules(findings)
	results := []sarifResult{}
	seen := map[string]int{}
	for _, f := range findings {
		result := sarifResult{
			RuleID:    f.Check,
			RuleIndex: slices.IndexFunc(rules, func(r sarifRule) bool { return r.ID == f.Check }),
			Level:     sarifLevel[severity(f)],
			Message:   sarifText{f.Message},
			Locations: []sarifLocation{location(f.Pos, opts)},
		}
		if f.Field != "" {
			result.Locations[0].Logical = []sarifLogical{{f.Field, "property"}}
		}
		if f.Hint != "" {
			result.Message.Text += "\nhint: " + f.Hint
		}
		for i, r := range f.Related {
			related := location(r.Pos, opts)
			related.ID, related.Message = i+1, &sarifText{r.Message}
			result.Related = append(result.Related, related)
		}
		print := fingerprint(f, opts)
		seen[print]++
		result.Fingerprints = map[string]string{"primaryLocationLineHash": fmt.Sprintf("%s:%d", print, seen[print])}
		result.Fixes = sarifFixes(f, opts)
		results = append(results, result)
	}
	return encodeJSON(w, sarifLog{sarifSchema, "2.1.0", []sarifRun{{
		Tool:       sarifTool{sarifDriver{"dashgen", opts.Version, "https://github.com/dashgen/dashgen", rules}},
		ColumnKind: "unicodeCodePoints",
		Results:    results,
	}}})
}

// sarifRules returns a rule for each check that found something, sorted by name.
func sarifRules(findings []schema.Finding) []sarifRule {
	var names []string
	for _, f := range findings {
		names = append(names, f.Check)
	}
	slices.Sort(names)
	rules := []sarifRule{}
	for _, name := range slices.Compact(names) {
		check := Check{Name: name, Doc: "A finding of check " + name + "."}
		for _, c := range Checks() {
			if c.Name == name {
				check = *c
			}
		}
		rules = append(rules, sarifRule{
			ID: name, ShortDescription: sarifText{check.Summary()}, FullDescription: sarifText{check.Summary() + "."},
			Help: sarifText{check.Doc}, Default: sarifDefault{sarifLevel[severity(schema.Finding{Severity: check.Severity})]},
		})
	}
	return rules
}

// sarifFixes returns a finding's edits, which are one fix.
func sarifFixes(f schema.Finding, opts Options) []sarifFix {
	if len(f.Edits) == 0 {
		return nil
	}
	fix := sarifFix{Description: sarifText{fmt.Sprintf("write %q", f.Edits[0].New)}}
	for _, e := range f.Edits {
		at := location(e.Pos, opts).Physical
		at.Region.EndColumn = at.Region.StartColumn + utf8.RuneCountInString(e.Old)
		n := len(fix.Changes) - 1
		if n < 0 || fix.Changes[n].Artifact != at.Artifact {
			fix.Changes = append(fix.Changes, sarifChange{Artifact: at.Artifact})
			n++
		}
		fix.Changes[n].Replacements = append(fix.Changes[n].Replacements, sarifReplacement{at.Region, sarifText{e.New}})
	}
	return []sarifFix{fix}
}

// location returns a position for a service that wants a line, and columns in characters.
func location(pos schema.Pos, opts Options) sarifLocation {
	uri := url.URL{Path: repositoryPath(pos.File, opts)}
	return sarifLocation{Physical: sarifPhysical{
		Artifact: sarifArtifact{uri.String(), "%SRCROOT%"},
		Region:   sarifRegion{StartLine: max(pos.Line, 1), StartColumn: opts.files.character(pos)},
	}}
}

// fingerprint says what a finding is about without saying on which line.
func fingerprint(f schema.Finding, opts Options) string {
	sum := sha256.Sum256([]byte(f.Check + "\x00" + repositoryPath(f.Pos.File, opts) + "\x00" + f.Message))
	return fmt.Sprintf("%x", sum[:8])
}
