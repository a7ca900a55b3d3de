package exposition

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// MaxBytes bounds the body of a scrape, after decompression.
const MaxBytes = 64 << 20

// fetchTimeout bounds a scrape in time.
const fetchTimeout = 30 * time.Second

// accept asks for protobuf first, which alone holds native histograms and says every type,
// then for text: OpenMetrics calls a counter without _total unknown.
const accept = typeProtobuf + ";proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6," +
	typeText + ";version=0.0.4;q=0.5," + typeOpenMetrics + ";version=1.0.0;q=0.4,*/*;q=0.1"

// Fetch scrapes an address once. A body beyond MaxBytes, and a status other than 200, is an
// error.
func Fetch(ctx context.Context, url string) (data []byte, contentType string, err error) {
	return FetchUpTo(ctx, url, MaxBytes)
}

// FetchUpTo is Fetch with another bound of the body.
func FetchUpTo(ctx context.Context, url string, most int) (data []byte, contentType string, err error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, "", fmt.Errorf("scrape %s: %w", url, err)
	}
	req.Header.Set("Accept", accept)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, "", fmt.Errorf("scrape %s: %w", url, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, "", fmt.Errorf("scrape %s: the server says %s", url, resp.Status)
	}
	data, err = readUpTo(resp.Body, most)
	if err != nil {
		return nil, "", fmt.Errorf("scrape %s: %w", url, err)
	}
	contentType = resp.Header.Get("Content-Type")
	if contentType == "" || strings.HasPrefix(contentType, "text/html") {
		return nil, "", fmt.Errorf("scrape %s: the server answers with content type %q, which is no exposition", url, contentType)
	}
	return data, contentType, nil
}

// ReadAll reads an exposition of at most MaxBytes; a longer one is an error.
func ReadAll(r io.Reader) ([]byte, error) { return readUpTo(r, MaxBytes) }

func readUpTo(r io.Reader, most int) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, int64(most)+1))
	if err == nil && len(data) > most {
		err = fmt.Errorf("more than %d MiB", most>>20)
	}
	return data, err
}
