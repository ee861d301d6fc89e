// An evaluator that sleeps instead of evaluating, so that hundreds of them fit on two cores; for ./simulate.
//
//     sleeper SECONDS SPREAD DEATHS START LAYERS
//
// An evaluation takes SECONDS on average, distributed log-normally with a standard deviation of SPREAD of the logarithm,
// the same for the same policy. With the probability DEATHS the program dies in the middle of one. It takes START
// seconds to start. LAYERS is the number of layers, layer0, layer1 and so on. The loss that it states is the number of
// seconds that the evaluation was to take, so that a study has them.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char line[1 << 20];

static void rest(double seconds) {
  struct timespec time = {(time_t)seconds, (long)((seconds - floor(seconds)) * 1e9)};
  while (nanosleep(&time, &time) != 0) {}
}

// FNV-1a, then the end of MurmurHash3, whose low bits are as good as its high ones.
static uint64_t hash(const char *text) {
  uint64_t value = 14695981039346656037u;
  for (; *text != 0; text++) value = (value ^ (unsigned char)*text) * 1099511628211u;
  value = (value ^ (value >> 33)) * 0xff51afd7ed558ccdu;
  value = (value ^ (value >> 33)) * 0xc4ceb9fe1a85ec53u;
  return value ^ (value >> 33);
}

static double uniform(uint64_t *state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (double)(*state >> 11) / 9007199254740992.0;
}

// Twelve uniform numbers are close enough to a normal one.
static double normal(uint64_t *state) {
  double sum = -6;
  for (int index = 0; index < 12; index++) sum += uniform(state);
  return sum;
}

// More bits, more accuracy, less from bit to bit.
static double accuracy(const char *policy) {
  static const char key[] = "_bits\":";
  double loss = 0;
  int count = 0;
  for (const char *at = strstr(policy, key); at != NULL; at = strstr(at + 1, key), count++)
    loss += (1 + count % 5) * exp2(-atof(at + strlen(key)));
  return count == 0 ? 0.9 : 0.9 / (1 + loss / count);
}

int main(int count, char **words) {
  if (count != 6) return 64;
  const double seconds = atof(words[1]), spread = atof(words[2]), deaths = atof(words[3]), start = atof(words[4]);
  const int layers = atoi(words[5]);
  uint64_t chance = (uint64_t)getpid() * 2654435761u ^ (uint64_t)time(NULL);
  rest(start);
  while (fgets(line, sizeof line, stdin) != NULL) {
    const char *id = strstr(line, "\"id\":");
    if (id == NULL || strstr(line, "\"quit\"") != NULL) return 0;
    const long number = atol(id + 5);
    if (strstr(line, "\"describe\"") != NULL) {
      printf("{\"id\":%ld,\"description\":{\"protocol\":\"haq.evaluator/1.3\",\"program\":\"sleeper 1\",\"network\":\"sleeper\","
             "\"data\":\"none\",\"training_samples\":0,\"validation_samples\":1000,\"test_samples\":1000,\"layers\":[", number);
      for (int layer = 0; layer < layers; layer++) printf("%s\"layer%d\"", layer > 0 ? "," : "", layer);
      printf("]}}\n");
    } else {
      const char *question = strstr(line, "\"parameters\"");
      uint64_t state = hash(question == NULL ? line : question);
      const double time = seconds * exp(spread * normal(&state) - spread * spread / 2);
      if (uniform(&chance) < deaths) {
        rest(time / 2);
        return 9;
      }
      rest(time);
      const double value = accuracy(line);
      const char *samples = question == NULL ? NULL : strstr(question, "\"samples\":");
      printf("{\"id\":%ld,\"evaluation\":{\"accuracy\":%.6f,\"divergence\":%.6f,\"loss\":%.6f,\"samples\":%d}}\n", number,
             value, 0.9 - value, time, samples == NULL ? 1000 : atoi(samples + 10));
    }
    fflush(stdout);
  }
  return 0;
}
